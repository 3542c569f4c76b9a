#!/usr/bin/env python3
"""Makes the fonts that the crate ships, and the list of characters its test reads.

Source: Noto Serif CJK SC of Debian's package fonts-noto-cjk 1:20220127+repack1-1;
the table of general standard characters (kTGH) of Debian's package unicode-data
15.0.0-1. The one character of GBK that it lacks, U+2252, is put together of two
that it has. Needs Python 3 and fonttools 4.60.1 of PyPI. The same versions give the
same octets.

    make.py FOLDER_OF_THE_NOTO_COLLECTIONS FOLDER_OF_THE_UNIHAN_FILES

What it does: takes the characters named below, makes quadratic outlines of the
cubic ones (within two units of a thousand), writes the tables that a page needs
(no hints, no layout features, no vertical metrics), and gives the result a name of
its own. The originals reserve no font name; the name is changed all the same, so
that nobody takes the subset for the original.
"""

import bz2
import pathlib
import sys

from fontTools import fontBuilder, version
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection

HERE = pathlib.Path(__file__).parent
SIMPLIFIED = 2  # place of SC in the collections
FARTHEST = 2.0  # of 1000 units, between a cubic and its quadratic outline
# 1 January 2026 in seconds since 1904, so that the octets do not depend on the day
MADE = 3850070400
FAMILY = "Yinxin Song"
LICENCE = (
    "This Font Software is licensed under the SIL Open Font License, Version 1.1. "
    "https://openfontlicense.org"
)


def standard_characters(folder):
    """The 8,105 characters in their order."""
    order = {}
    with bz2.open(folder / "Unihan_OtherMappings.txt.bz2", "rt", encoding="utf-8") as lines:
        for line in lines:
            parts = line.rstrip("\n").split("\t")
            if len(parts) == 3 and parts[1] == "kTGH":
                order[int(parts[2].split(":")[1])] = int(parts[0][2:], 16)
    assert sorted(order) == list(range(1, 8106))
    return [order[number] for number in sorted(order)]


def two_octets(codec, first, second):
    found = set()
    for a in first:
        for b in second:
            try:
                text = bytes([a, b]).decode(codec)
            except UnicodeDecodeError:
                continue
            if len(text) == 1 and not 0xE000 <= ord(text) <= 0xF8FF:
                found.add(ord(text))
    return found


def outlines(font, characters):
    """Glyphs by name, their advances, and the names by character."""
    glyphs, metrics, names, known = {}, {}, {}, {}
    sources, cmap = font.getGlyphSet(), font.getBestCmap()

    def add(name, parts):
        pen = TTGlyphPen(None)
        for source, offset in parts:
            sources[source].draw(TransformPen(Cu2QuPen(pen, FARTHEST, reverse_direction=True), (1, 0, 0, 1, *offset)))
        glyphs[name] = pen.glyph(dropImpliedOnCurves=True)
        metrics[name] = font["hmtx"][parts[0][0]][0]

    add(".notdef", [(".notdef", (0, 0))])
    for character in sorted(characters & set(cmap)):
        source = cmap[character]
        if source not in known:
            known[source] = f"g{len(known) + 1}"
            add(known[source], [(source, (0, 0))])
        names[character] = known[source]
    if 0x2252 in characters:
        dot = cmap[0x30FB]
        add("g2252", [(cmap[0xFF1D], (0, 0)), (dot, (-250, 260)), (dot, (250, -260))])
        names[0x2252] = "g2252"
    return glyphs, metrics, names


def write(weight, characters, collections):
    serif = TTCollection(collections / f"NotoSerifCJK-{weight}.ttc").fonts[SIMPLIFIED]
    glyphs, metrics, names = outlines(serif, characters)
    builder = fontBuilder.FontBuilder(serif["head"].unitsPerEm, isTTF=True)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap(names)
    builder.setupGlyf(glyphs)
    table = builder.font["glyf"]
    builder.setupHorizontalMetrics(
        {name: (advance, getattr(table[name], "xMin", 0)) for name, advance in metrics.items()}
    )
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    weights = {"Regular": 400, "Bold": 700}
    builder.setupOS2(
        usWeightClass=weights[weight], fsType=0, achVendID="    ",
        sTypoAscender=880, sTypoDescender=-120, sTypoLineGap=0, usWinAscent=1151, usWinDescent=286,
        fsSelection=0x20 if weight == "Bold" else 0x40,
        sCapHeight=serif["OS/2"].sCapHeight, sxHeight=serif["OS/2"].sxHeight,
    )
    builder.setupNameTable({
        "copyright": serif["name"].getDebugName(0) + " Subset of " + serif["name"].getDebugName(4),
        "familyName": FAMILY,
        "styleName": weight,
        "uniqueFontIdentifier": f"{FAMILY} {weight} 1",
        "fullName": f"{FAMILY} {weight}",
        "version": "Version 1.000",
        "psName": f"{FAMILY.replace(' ', '')}-{weight}",
        "licenseDescription": LICENCE,
    }, mac=False)
    builder.setupPost(keepGlyphNames=False)
    head = builder.font["head"]
    head.created = head.modified = MADE
    head.macStyle = 1 if weight == "Bold" else 0
    builder.font.recalcTimestamp = False
    path = HERE / f"{FAMILY.replace(' ', '')}-{weight}.ttf"
    builder.save(path)
    lacking = sorted(set(characters) - set(names))
    print(f"{path.name}: {path.stat().st_size} octets, {len(names)} characters, without", [hex(c) for c in lacking])


def main():
    assert version == "4.60.1", version
    collections, unihan = map(pathlib.Path, sys.argv[1:])
    standard = standard_characters(unihan)
    rows = [standard[at:at + 50] for at in range(0, len(standard), 50)]
    text = "".join("".join(map(chr, row)) + "\n" for row in rows)
    (HERE / "standard-characters.txt").write_text(text, encoding="utf-8")
    latin = set(range(0x20, 0x7F)) | set(range(0xA0, 0x100))
    dots = {0xB7, 0x2022, 0x2027, 0x2219, 0x22C5, 0x2E31, 0x30FB, 0xFF65, 0x387}
    gbk = two_octets("gb18030", range(0x81, 0xFF), [*range(0x40, 0x7F), *range(0x80, 0xFF)])
    # in GB 18030-2022 no longer for private use, which Python's tables do not know
    gbk |= {0x1E3F, *range(0x9FB4, 0x9FBC), *range(0xFE10, 0xFE1A)}
    common = two_octets("gb2312", range(0xA1, 0xF8), range(0xA1, 0xFF))
    write("Regular", gbk | set(standard) | latin | dots, collections)
    # for titles and captions; what it lacks is taken from the regular one
    write("Bold", common | set(standard) | latin, collections)


if __name__ == "__main__":
    main()
