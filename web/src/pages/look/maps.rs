//! One picture and what a model sees in it, patch by patch.

use gestalt_protocol::inference::LookedAt;
use leptos::html::Canvas;
use leptos::prelude::*;
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use crate::i18n::texts;

/// What the model is given, its patches in colours, and what each head attends to.
pub fn maps(number: usize, LookedAt { name, seen }: &LookedAt) -> impl IntoView + use<> {
    let given = seen.given.rgb.chunks_exact(3).flat_map(|rgb| [rgb[0], rgb[1], rgb[2], 255]).collect();
    let colours = seen.colours.iter().flat_map(|[r, g, b]| [*r, *g, *b, 255]).collect();
    let heads = seen.attention.iter().enumerate().map(|(head, weights)| {
        let strongest = weights.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
        let grey = |weight: &f32| (255.0 * weight / strongest) as u8;
        let pixels = weights.iter().map(grey).flat_map(|grey| [grey, grey, grey, 255]).collect();
        let label = (texts().inside.head)(head + 1);
        view! { <Map across=seen.across pixels label/> }
    });
    let words = &texts().inside;
    view! {
        <li data-testid="looked">
            <h3>{name.clone().unwrap_or_else(|| (words.picture)(number))}</h3>
            <div class="maps">
                <Map across=seen.given.side_px pixels=given label=words.input.to_owned()/>
                <Map across=seen.across pixels=colours label=words.components.to_owned()/>
                {heads.collect_view()}
            </div>
        </li>
    }
}

/// A square picture, enlarged without smoothing.
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
