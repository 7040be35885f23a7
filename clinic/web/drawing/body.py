"""Scalp, décolleté, hands, abdomen and thighs, chest and back: one map each.

The same manner as the face: outlines and one zone on a sheet, symmetric about
x = 200. A zone may have several parts. Seen from the front, but scalp and hands
from behind.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from clinic.web.drawing import face
from clinic.web.drawing.curves import Spot, mirrored, spots, symmetric


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyMap:
    """One map: what is drawn below and above its zone, and where the number stands."""

    skin: Sequence[Sequence[Spot]]
    neck: Sequence[Sequence[Spot]] = ()
    lines: Sequence[Sequence[Spot]] = ()
    zone: Sequence[Sequence[Spot]]
    label: tuple[float, float]
    crop: tuple[float, float, float, float]


def both(line: Sequence[Spot]) -> list[Sequence[Spot]]:
    """A line and its mirror image."""
    return [line, mirrored(line)]


# The head from behind: it runs into the neck, the hair ends at the nape.
HEAD_BEHIND = symmetric(
    spots(
        "200,30 252,38 292,68 311,116 314,170 310,214 304,254 292,294 270,328! "
        "240,340 200,344"
    )
)
NAPE_LEFT = spots("268,330 265,380 270,424 286,446 322,462 352,474")
NAPE_FILL = [
    *spots("268,320!"),
    *NAPE_LEFT[1:],
    *spots("352,500! 48,500!"),
    *reversed(mirrored([*spots("268,320!"), *NAPE_LEFT[1:]])),
]

# Neck and shoulders end where the picture ends.
SHOULDERS = symmetric(
    spots(
        "200,20! 246,20! 247,62 254,84 282,100 336,116 372,140 388,182 394,240 "
        "396,300! 200,300!"
    )
)
COLLARBONES = spots("214,112 240,116 280,114 326,124")

HAND = spots(
    "262,300! 264,256 252,216 230,190 214,164 212,148 222,142 238,156 256,178 261,164 "
    "258,120 256,72 262,54 274,54 278,72 280,118 283,124 287,118 288,60 291,38 300,32 "
    "309,40 309,64 308,118 312,124 316,120 320,74 325,54 335,52 342,62 340,84 336,128 "
    "339,136 343,130 350,104 357,88 367,88 372,100 367,128 356,178 348,222 340,258 "
    "342,300!"
)
BACK_OF_HAND = spots("267,190 284,154 312,147 336,162 343,198 336,238 304,250 273,238")
KNUCKLES = [
    spots("266,146 272,142 280,145"),
    spots("293,140 300,136 307,140"),
    spots("319,144 326,140 333,146"),
]

HIPS = symmetric(
    spots(
        "200,14! 276,14! 266,66 270,112 288,160 296,214 290,290 278,370! 216,370! "
        "208,300 203,240 200,222!"
    )
)
ABDOMEN = symmetric(spots("200,34 240,38 256,70 256,112 240,150 200,168"))
THIGH = spots("218,236 240,216 272,210 284,232 282,290 270,340 246,352 226,336 220,286")
GROIN = spots("210,216 236,200 262,176 280,162")
NAVEL = spots("200,104 201,110 200,114")

TORSO = symmetric(
    spots(
        "200,14! 236,14! 238,44 252,60 300,74 344,92 366,124 372,180 374,250! 340,250! "
        "334,196 326,160! 318,210 308,262 304,340! 200,340!"
    )
)
CHEST = symmetric(
    spots("200,100 244,94 290,104 310,134 306,190 290,240 244,262 200,266")
)
BREAST_LINE = spots("222,206 250,216 284,208 304,186")

MAPS = {
    "SC": BodyMap(
        skin=[*both(face.EAR_LEFT), HEAD_BEHIND],
        neck=[NAPE_FILL],
        lines=both(NAPE_LEFT),
        zone=[
            symmetric(
                spots(
                    "200,40 248,48 284,76 301,120 303,172 299,216 291,258 276,296 "
                    "262,320 240,316 220,324 200,330"
                )
            )
        ],
        label=(200, 190),
        crop=(44, 22, 312, 462),
    ),
    "DE": BodyMap(
        skin=[SHOULDERS],
        lines=both(COLLARBONES),
        zone=[
            symmetric(spots("200,124 238,128 284,134 306,156 290,204 246,244 200,254"))
        ],
        label=(200, 188),
        crop=(0, 10, 400, 296),
    ),
    "HA": BodyMap(
        skin=both(HAND),
        lines=[side for knuckle in KNUCKLES for side in both(knuckle)],
        zone=both(BACK_OF_HAND),
        label=(304, 198),
        crop=(10, 20, 380, 286),
    ),
    "AB": BodyMap(
        skin=[HIPS],
        lines=[*both(GROIN), NAVEL],
        zone=[ABDOMEN, *both(THIGH)],
        label=(200, 76),
        crop=(84, 6, 232, 372),
    ),
    "TR": BodyMap(
        skin=[TORSO],
        lines=both(BREAST_LINE),
        zone=[CHEST],
        label=(200, 180),
        crop=(16, 6, 368, 340),
    ),
}
