//! The session's pictures: loaded in the order in which they are needed, and never while a picture is seen.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, VecDeque};
use std::rc::{Rc, Weak};

use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures::channel::oneshot;
use gestalt_types::Sha256;
use gloo_timers::future::TimeoutFuture;
use leptos::task::spawn_local;

use crate::display::{ImageError, Pictures, load_picture};
use crate::source::OpenedStudy;

/// Downloads at a time.
const PARALLEL: usize = 6;
/// Between two attempts while the network is away.
const RETRY_MS: u32 = 5_000;

/// What the supply says.
#[derive(Debug, Clone)]
pub enum Supplied {
    /// One more picture is here.
    Picture,
    /// The network is in trouble; loading is tried again.
    Trouble(String),
    /// A picture cannot be had, whatever one waits for.
    Failed(String),
}

/// Loads pictures until it is dropped.
#[derive(Clone)]
pub struct Supply {
    shared: Rc<Shared>,
}

struct Shared {
    study: OpenedStudy,
    pictures: RefCell<Pictures>,
    /// What is to be loaded, the most urgent first.
    wanted: RefCell<VecDeque<Sha256>>,
    on_the_way: RefCell<BTreeSet<Sha256>>,
    loaders: Cell<usize>,
    is_held: Cell<bool>,
    /// Loaders that wait until nothing holds them.
    waiting: RefCell<Vec<oneshot::Sender<()>>>,
    listener: RefCell<UnboundedSender<Supplied>>,
}

impl Supply {
    /// Of the pictures of this study.
    pub fn new(study: OpenedStudy) -> Self {
        let shared = Shared {
            study,
            pictures: RefCell::default(),
            wanted: RefCell::default(),
            on_the_way: RefCell::default(),
            loaders: Cell::default(),
            is_held: Cell::default(),
            waiting: RefCell::default(),
            listener: RefCell::new(unbounded().0),
        };
        Self { shared: Rc::new(shared) }
    }

    /// What it says from now on; the listener before hears no more.
    pub fn listen(&self) -> UnboundedReceiver<Supplied> {
        let (sender, listener) = unbounded();
        *self.shared.listener.borrow_mut() = sender;
        listener
    }

    /// Loads these pictures in this order, and no others any more.
    pub fn want<'a>(&self, hashes: impl Iterator<Item = &'a Sha256>) {
        let mut seen = self.shared.on_the_way.borrow().clone();
        let is_missing = |hash: &&Sha256| self.url(hash).is_none() && seen.insert((*hash).clone());
        *self.shared.wanted.borrow_mut() = hashes.filter(is_missing).cloned().collect();
        let missing = self.shared.wanted.borrow().len();
        for _ in self.shared.loaders.get()..PARALLEL.min(missing) {
            self.shared.loaders.set(self.shared.loaders.get() + 1);
            spawn_local(load_all(Rc::downgrade(&self.shared)));
        }
    }

    /// Address of a picture that is here.
    pub fn url(&self, hash: &Sha256) -> Option<String> {
        self.shared.pictures.borrow().url(hash).map(str::to_owned)
    }

    /// How many of these pictures are not here.
    pub fn missing<'a>(&self, hashes: impl Iterator<Item = &'a Sha256>) -> usize {
        let pictures = self.shared.pictures.borrow();
        hashes.filter(|hash| pictures.url(hash).is_none()).collect::<BTreeSet<_>>().len()
    }

    /// While it is held, no download begins, and what arrives is neither checked nor decoded.
    pub fn hold(&self, is_held: bool) {
        if self.shared.is_held.replace(is_held) && !is_held {
            for waiting in self.shared.waiting.take() {
                // A loader that is gone waits no more.
                let _ = waiting.send(());
            }
        }
    }
}

impl Shared {
    fn say(&self, what: Supplied) {
        // Nobody may be listening.
        let _ = self.listener.borrow().unbounded_send(what);
    }

    fn hold_on(&self) -> Option<oneshot::Receiver<()>> {
        self.is_held.get().then(|| {
            let (sender, released) = oneshot::channel();
            self.waiting.borrow_mut().push(sender);
            released
        })
    }
}

/// Waits until nothing holds the supply; none if it is gone.
async fn released(shared: &Weak<Shared>) -> Option<Rc<Shared>> {
    loop {
        let waiting = shared.upgrade()?.hold_on();
        match waiting {
            Some(released) => drop(released.await),
            None => return shared.upgrade(),
        }
    }
}

/// Loads one picture after the other until nothing is wanted.
async fn load_all(shared: Weak<Shared>) {
    while let Some(here) = released(&shared).await {
        let Some(hash) = here.wanted.borrow_mut().pop_front() else {
            return here.loaders.set(here.loaders.get() - 1);
        };
        here.on_the_way.borrow_mut().insert(hash.clone());
        let url = here.study.image(&hash);
        drop(here);
        let loaded = load_picture(&hash, &url, async || drop(released(&shared).await)).await;
        let Some(here) = shared.upgrade() else { return };
        here.on_the_way.borrow_mut().remove(&hash);
        match loaded {
            Ok(picture) => {
                here.pictures.borrow_mut().keep(hash, picture);
                here.say(Supplied::Picture);
            }
            Err(error @ ImageError::Missing { .. }) => {
                here.wanted.borrow_mut().push_front(hash);
                here.say(Supplied::Trouble(error.to_string()));
                drop(here);
                TimeoutFuture::new(RETRY_MS).await;
            }
            Err(error) => here.say(Supplied::Failed(error.to_string())),
        }
    }
}
