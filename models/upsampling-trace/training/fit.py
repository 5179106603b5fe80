"""Training and the temperature."""
import time

import numpy as np
import torch
from torch.nn import functional as F
from torch.utils.data import DataLoader

from .network import UpsamplingTrace
from .pictures import TrainingPairs, Views


def train(pairs: TrainingPairs, pairs_a_step: int) -> UpsamplingTrace:
    """One pass over the pairs, AdamW with a one-cycle learning rate."""
    network = UpsamplingTrace()
    loader = DataLoader(pairs, pairs_a_step, num_workers=1, drop_last=True)
    optimiser = torch.optim.AdamW(network.parameters(), lr=4e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=len(loader), pct_start=0.2)
    targets = torch.tensor([0.0, 1.0]).repeat(pairs_a_step)
    started, losses, right = time.monotonic(), [], []
    for step, batch in enumerate(loader, 1):
        logits = network(batch.flatten(0, 1))[:, 0]
        loss = F.binary_cross_entropy_with_logits(logits, targets)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        losses.append(loss.item())
        right.append(((logits > 0) == (targets > 0.5)).float().mean().item())
        if step % 50 == 0:
            print(f"step {step}/{len(loader)}  loss {np.mean(losses[-50:]):.4f}  accuracy {np.mean(right[-50:]):.3f}  "
                  f"{time.monotonic() - started:.0f} s", flush=True)
    return network.eval()


def scores(network: UpsamplingTrace, views: Views) -> tuple[np.ndarray, np.ndarray]:
    """Logit and sharpness of each view."""
    results = []
    with torch.no_grad():
        for crops, sharpness in DataLoader(views, 16, num_workers=1):
            results.append(np.stack([network(crops)[:, 0].double().numpy(), sharpness.numpy()]))
    logits, sharpness = np.concatenate(results, 1)
    return logits, sharpness


def temperature(logits: np.ndarray, made: np.ndarray) -> float:
    """What the logits must be divided by for the smallest negative log-likelihood; a fine grid, since there is only this one number."""
    candidates = np.geomspace(0.2, 20, 2001)
    sign = np.where(made, 1.0, -1.0)
    losses = [np.logaddexp(0, -sign * logits / candidate).mean() for candidate in candidates]
    return float(round(candidates[int(np.argmin(losses))], 4))
