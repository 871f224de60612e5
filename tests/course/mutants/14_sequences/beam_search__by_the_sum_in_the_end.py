# width 4, by score per sign: expected 'ay\.', got 'a\.'
def beam_search(step, width, end, longest):
    beams = [(0.0, ())]
    for _ in range(longest):
        grown = []
        for score, signs in beams:
            if signs and signs[-1] == end:
                grown.append((score, signs))
            else:
                grown += [(score + log, (*signs, sign)) for sign, log in step(signs).items()]
        beams = sorted(grown, key=lambda beam: -beam[0])[:width]
        if all(signs[-1] == end for _, signs in beams):
            break
    return beams
