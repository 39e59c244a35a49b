"""Prints the polynomials of src/tensor/kernels/wasm/functions.ts: near-minimax (Chebyshev) fits.

Run with mpmath 1.2.1:  python3 scripts/polynomials.py
Each line: name, largest error of the fit, coefficients from the constant term up.
"""

from mpmath import chebyfit, cos, exp, expm1, fsum, log, mp, mpf, nstr, pi, sin, sqrt, taylor

mp.dps = 60


def near_zero(f, series):
    """f away from 0, its Taylor series (constant term first) near it, where f divides by 0."""
    return lambda x: f(x) if abs(x) > mpf("1e-9") else fsum(c * x**i for i, c in enumerate(series))


exp_rest = near_zero(lambda r: (expm1(r) - r) / r**2, [mpf(1) / 2, mpf(1) / 6, mpf(1) / 24])
log_rest = lambda z: fsum(2 * z**i / (2 * i + 3) for i in range(60))
sin_rest = lambda z: fsum((-1) ** (i + 1) * z**i / mp.factorial(2 * i + 3) for i in range(30))
cos_rest = lambda z: fsum((-1) ** i * z**i / mp.factorial(2 * i + 4) for i in range(30))

half_ln2 = log(2) / 2
s = (sqrt(2) - 1) / (sqrt(2) + 1)
FITS = [
    # (e^r - 1 - r) / r^2 for |r| <= ln 2 / 2
    ("exp float32", exp_rest, [-half_ln2, half_ln2], 6),
    ("exp float64", exp_rest, [-half_ln2, half_ln2], 11),
    # (log((1 + s) / (1 - s)) - 2 s) / s^3 in z = s^2, for (1 + s) / (1 - s) within sqrt(2)^+-1
    ("log float32", log_rest, [0, s**2], 3),
    ("log float64", log_rest, [0, s**2], 7),
    # (sin r - r) / r^3 and (cos r - 1 + r^2 / 2) / r^4 in z = r^2, for |r| <= pi / 4
    ("sin float64", sin_rest, [0, (pi / 4) ** 2], 6),
    ("cos float64", cos_rest, [0, (pi / 4) ** 2], 6),
]
for name, f, interval, terms in FITS:
    coefficients, error = chebyfit(f, interval, terms, error=True)
    digits = 9 if "float32" in name else 17
    print(name, nstr(error, 3), [float(nstr(c, digits)) for c in reversed(coefficients)])


def parts(x, bits, count):
    """x as a sum of numbers of `bits` significant bits, so that small multiples are exact."""
    out = []
    for _ in range(count):
        shift = bits - int(mp.floor(mp.log(abs(x), 2))) - 1
        part = mp.nint(x * mpf(2) ** shift) / mpf(2) ** shift
        out.append(float(part))
        x -= part
    return out


print("ln 2, float32", parts(log(2), 12, 1) + [float(log(2) - parts(log(2), 12, 1)[0])])
print("ln 2, float64", parts(log(2), 32, 1) + [float(log(2) - parts(log(2), 32, 1)[0])])
print("pi / 2", parts(pi / 2, 31, 4))
