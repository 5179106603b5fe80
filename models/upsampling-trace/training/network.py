"""The detector: differences of neighbouring pixels, then a small convolutional network."""
import torch
from torch import nn
from torch.nn import functional as F


class UpsamplingTrace(nn.Module):
    """
    Bytes N x H x W x 3 to one logit, high means made. Everything from the bytes on is in the graph.

    The residual x - up2(down2(x)) (nearest) holds, for each 2x2 block, the differences of three pixels to the first. The grid of an up-sampler may
    begin anywhere in a crop, so the three differences are taken at every pixel instead of every second one. Only luma is looked at: in nearly all
    JPEG files and videos the colour is up-sampled by the file format itself, and says nothing.
    """

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("luma", torch.tensor([[0.299], [0.587], [0.114]]))
        residual = torch.zeros(3, 1, 2, 2)
        residual[:, 0, 0, 0] = -1
        residual[0, 0, 0, 1] = residual[1, 0, 1, 0] = residual[2, 0, 1, 1] = 1
        self.register_buffer("residual", residual)
        self.body = nn.Sequential(
            *_layer(3, 16, size=4, stride=2), *_layer(16, 16), *_layer(16, 32, stride=2), *_layer(32, 32), *_layer(32, 64, stride=2), *_layer(64, 64))
        self.head = nn.Linear(64, 1)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        luma = (image.float() @ self.luma).permute(0, 3, 1, 2)
        residual = F.conv2d(luma, self.residual)
        # Traces are a few levels high, edges a hundred: compressed, or the edges would drown them.
        compressed = residual / (residual.abs() + 6)
        return self.head(self.body(compressed).mean((2, 3)))


def _layer(channels: int, width: int, size: int = 3, stride: int = 1) -> list[nn.Module]:
    return [nn.Conv2d(channels, width, size, stride, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU(inplace=True)]


def parameters(network: nn.Module) -> int:
    """How many numbers are trained."""
    return sum(parameter.numel() for parameter in network.parameters())
