# learned\(extractor\(small\(\), 4\)\): expected 2 elements, got 4
def extractor(net, classes):
    net.features.requires_grad_(False)
    net.classifier[-1] = nn.Linear(net.classifier[-1].in_features, classes)
    return net
