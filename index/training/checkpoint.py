"""A run as it stands: written whole or not at all, read back exactly."""

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from index.errors import TenkyoError
from index.training.network import Network

FILE = "checkpoint.safetensors"
MOMENTS = ("exp_avg", "exp_avg_sq", "step")


@dataclass(slots=True)
class State:
    """What changes as the training goes on.

    ``average`` is the running mean of the trained weights: what is measured and shipped.
    """

    network: Network
    average: dict[str, Tensor]
    optimiser: torch.optim.AdamW
    step: int = 0
    best: float = 0.0
    best_step: int = 0


def save(state: State, folder: Path) -> None:
    """Write the checkpoint in place of the one before."""
    named = dict(state.network.named_parameters())
    tensors = {f"network.{name}": value.detach() for name, value in named.items()}
    tensors |= {f"average.{name}": value for name, value in state.average.items()}
    for name, parameter in named.items():
        moments = state.optimiser.state.get(parameter, {})
        tensors |= {f"{kind}.{name}": moments[kind] for kind in MOMENTS if moments}
    counts = {"step": state.step, "best": state.best, "best_step": state.best_step}
    unfinished = folder / f"{FILE}.part"
    save_file(tensors, unfinished, {name: repr(value) for name, value in counts.items()})
    unfinished.replace(folder / FILE)


def restore(state: State, folder: Path) -> None:
    """Bring a fresh state to where the checkpoint stands.

    Raises:
        TenkyoError: There is none, or it is of another make.
    """
    path = folder / FILE
    try:
        with safe_open(path, "pt") as file:
            counts = file.metadata()
            found = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        _restore(state, found)
    except (OSError, KeyError, RuntimeError, ValueError, SafetensorError) as exc:
        raise TenkyoError(
            f"{path}: 訓練の続きを読めません（{exc}）。--resume を外すと、初めから訓練します。"
        ) from exc
    state.step, state.best_step = int(counts["step"]), int(counts["best_step"])
    state.best = float(counts["best"])


def _restore(state: State, found: dict[str, Tensor]) -> None:
    of: dict[str, dict[str, Tensor]] = {}
    for key, value in found.items():
        kind, _, name = key.partition(".")
        of.setdefault(kind, {})[name] = value
    state.average = of["average"]
    for name, parameter in dict(state.network.named_parameters()).items():
        parameter.data.copy_(of["network"][name])
        if parameter.requires_grad:
            state.optimiser.state[parameter] = {kind: of[kind][name] for kind in MOMENTS}
