# width 4, by score per sign: expected
def beam_search(step, width, end, longest):
    beams = [(0.0, ())]
    for _ in range(longest):
        grown = [(s + log, (*signs, sign)) for s, signs in beams for sign, log in step(signs).items()]
        beams = sorted(grown, key=lambda beam: -beam[0])[:width]
    return sorted(beams, key=lambda beam: -beam[0] / len(beam[1]))
