#!/usr/bin/env python3
"""Makes regular.ttf.gz and bold.ttf.gz, the characters of JIS X 0208 that the
M+ 1 fonts have, with TrueType outlines, and rest.ttf.gz, the others from
VL Gothic.

Debian 12: apt-get install fonts-mplus fonts-vlgothic python3-fonttools, then
    python3 subset.py /usr/share/fonts/opentype/mplus /usr/share/fonts/truetype/vlgothic
"""
import gzip
import io
import os
import sys

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont, newTable


def characters():
    """The 6,879 characters of JIS X 0208, and half-width yen."""
    found = {0x20, 0xA5}
    for row in range(0xA1, 0xFF):
        for cell in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes([row, cell]).decode("euc_jp")))
            except (UnicodeDecodeError, TypeError):
                pass
    return found


def outlines(font, error):
    """Replaces the cubic outlines by quadratic ones, at most error units away."""
    order, shapes, glyphs = font.getGlyphOrder(), font.getGlyphSet(), {}
    for name in order:
        pen = TTGlyphPen(None)
        shapes[name].draw(Cu2QuPen(pen, error, reverse_direction=True))
        glyphs[name] = pen.glyph()
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = order, glyphs
    for name in order:
        glyphs[name].recalcBounds(font["glyf"])
        width, _ = font["hmtx"][name]
        font["hmtx"][name] = (width, getattr(glyphs[name], "xMin", 0))
    maxp = font["maxp"]
    maxp.tableVersion, maxp.maxZones = 0x00010000, 1
    for field in ("maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs",
                  "maxStackElements", "maxSizeOfInstructions", "maxComponentElements"):
        setattr(maxp, field, 0)
    font["post"].formatType, font["post"].extraNames, font["post"].mapping = 3.0, [], {}
    del font["CFF "]
    font.sfntVersion = "\000\001\000\000"


def subset(source, keep, target):
    """Writes those characters of a font that are in keep; gives them back."""
    font = TTFont(source, recalcTimestamp=False)
    options = Options()
    options.layout_features, options.hinting, options.notdef_outline = [], False, True
    options.name_IDs = [0, 1, 2, 6, 13]
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "STAT", "gasp"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=keep)
    subsetter.subset(font)
    if "CFF " in font:
        outlines(font, 2.0)
    font.flavor = None
    made = io.BytesIO()
    font.save(made, reorderTables=False)
    with open(target, "wb") as out, gzip.GzipFile("", "wb", 9, out, 0) as z:
        z.write(made.getvalue())
    return set(font.getBestCmap())


def main(mplus, vlgothic):
    found = characters()
    regular = subset(os.path.join(mplus, "Mplus1-Regular.otf"), found, "regular.ttf.gz")
    bold = subset(os.path.join(mplus, "Mplus1-Bold.otf"), found, "bold.ttf.gz")
    rest = found - (regular & bold)
    subset(os.path.join(vlgothic, "VL-Gothic-Regular.ttf"), rest, "rest.ttf.gz")


main(*sys.argv[1:3])
