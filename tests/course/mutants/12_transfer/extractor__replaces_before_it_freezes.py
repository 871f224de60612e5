# learned\(extractor\(small\(\), 4\)\): expected
def extractor(net, classes):
    net.classifier[-1] = nn.Linear(net.classifier[-1].in_features, classes)
    net.requires_grad_(False)
    return net
