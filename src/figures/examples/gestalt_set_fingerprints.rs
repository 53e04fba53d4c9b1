//! Prints the fingerprints that native code and the browser are held to:
//! `cargo run --release -p gestalt-figures --example gestalt_set_fingerprints >
//! src/figures/fixtures/gestalt-sets-fingerprints.csv`

use gestalt_figures::gestalt_sets::{GestaltSet, Split};

fn main() {
    println!(
        "# set,split,seed,index,FNV-1a of the picture's f32 values and of the mask; made by \
         examples/gestalt_set_fingerprints.rs"
    );
    for set in GestaltSet::ALL {
        for split in Split::ALL {
            for (seed, index) in
                [(1, 0), (1, 1), (1, 2), (1, 3), (1, 4), (1, 29_999), (2, 0), (u64::MAX, u32::MAX)]
            {
                let fingerprint = set.draw(split, seed, index).fingerprint();
                println!("{set},{split},{seed},{index},{fingerprint:016x}");
            }
        }
    }
}
