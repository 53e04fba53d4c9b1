//! One picture and what a model sees in it, patch by patch.

use gestalt_protocol::inference::Seen;
use leptos::html::Canvas;
use leptos::prelude::*;
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use crate::i18n::texts;

/// A picture, its patches in colours, and what each head attends to.
pub fn maps(number: usize, address: &str, seen: &Seen) -> impl IntoView + use<> {
    let colours = seen.colours.iter().flat_map(|[r, g, b]| [*r, *g, *b, 255]).collect();
    let heads = seen.attention.iter().enumerate().map(|(head, weights)| {
        let strongest = weights.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
        let grey = |weight: &f32| (255.0 * weight / strongest) as u8;
        let pixels = weights.iter().map(grey).flat_map(|grey| [grey, grey, grey, 255]).collect();
        let label = (texts().inside.head)(head + 1);
        view! { <Map across=seen.across pixels label/> }
    });
    // The model sees only the middle of the picture.
    let enlarged = format!("transform: scale({:.4})", 1.0 / seen.visible_share.clamp(0.05, 1.0));
    let words = &texts().inside;
    view! {
        <li data-testid="looked">
            <h3>{(words.picture)(number)}</h3>
            <div class="maps">
                <figure>
                    <div class="cut"><img src=address.to_owned() alt="" style=enlarged/></div>
                    <figcaption>{words.input}</figcaption>
                </figure>
                <Map across=seen.across pixels=colours label=words.components.to_owned()/>
                {heads.collect_view()}
            </div>
        </li>
    }
}

/// A pixel a patch, enlarged without smoothing.
#[component]
fn Map(across: usize, pixels: Vec<u8>, label: String) -> impl IntoView {
    let canvas = NodeRef::<Canvas>::new();
    Effect::new(move |_| {
        if let Some(canvas) = canvas.get() {
            draw(&canvas, across as u32, &pixels);
        }
    });
    let (described, side) = (label.clone(), across.to_string());
    view! {
        <figure>
            <canvas node_ref=canvas width=side.clone() height=side role="img" aria-label=described></canvas>
            <figcaption>{label}</figcaption>
        </figure>
    }
}

/// A canvas that cannot be drawn on stays empty.
fn draw(canvas: &HtmlCanvasElement, across: u32, pixels: &[u8]) {
    let context = canvas.get_context("2d").ok().flatten();
    let context = context.and_then(|context| context.dyn_into::<CanvasRenderingContext2d>().ok());
    let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(pixels), across, across);
    if let (Some(context), Ok(image)) = (context, image) {
        let _ = context.put_image_data(&image, 0.0, 0.0);
    }
}
