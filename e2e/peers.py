"""The networks of `cargo xtask bench web`, with random weights: as safetensors for us, as ONNX for onnxruntime-web.

Usage: peers.py FOLDER. Needs torch 2, timm 1.0, onnx, safetensors; `cargo xtask bench web` sets them up.
"""

import sys
from pathlib import Path

import timm
import torch
from safetensors.torch import save_file

NETWORKS = ["vit_tiny_patch16_224", "vit_small_patch16_224", "convnextv2_atto", "convnextv2_tiny"]

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
for name in NETWORKS:
    if all((folder / f"{name}{ending}").exists() for ending in (".safetensors", ".1.onnx", ".3.onnx")):
        continue
    torch.manual_seed(1)
    # Without a classifier: what both sides compute is the features before it.
    network = timm.create_model(name, pretrained=False, num_classes=0).eval()
    for batch in (1, 3):
        pictures = torch.zeros(batch, 3, 224, 224)
        torch.onnx.export(network, pictures, folder / f"{name}.{batch}.onnx", opset_version=17, dynamo=False)
    save_file(network.state_dict(), folder / f"{name}.safetensors")
    print(name, flush=True)
