# width 2: expected .*
def beam_search(step, width, end, longest):
    score, signs = 0.0, ()
    while len(signs) < longest and (not signs or signs[-1] != end):
        sign, log = max(step(signs).items(), key=lambda pair: pair[1])
        score, signs = score + log, (*signs, sign)
    return [(score, signs)]
