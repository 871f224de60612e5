# expected 'classifier\.3\.weight', got 'classifier\.4\.weight'
def extractor(net, classes):
    net.requires_grad_(False)
    net.classifier.append(nn.Linear(net.classifier[-1].out_features, classes))
    for p in net.classifier[-1].parameters():
        p.requires_grad = True
    return net
