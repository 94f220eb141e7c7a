package report

import (
	"cmp"
	"fmt"
	"html"
	"io"
	"math"
	"strings"

	"github.com/assay-iot/assay"
)

// Layout is what a picture of an image shows: which bytes became what, and how
// much information they hold.
type Layout struct {
	Name    string
	Size    int64
	Ranges  []assay.Range                      // every byte once, in order
	Entropy []float64                          // of equal cells over the whole image, in bits per byte
	Of      func(offset, length int64) float64 // the entropy of a run of it
}

// block is a run of the picture: neighbours that are the same are one.
type block struct {
	from, to int64
	class    assay.CoverageClass
	what     string
}

func (l *Layout) blocks() []block {
	var all []block
	for _, r := range l.Ranges {
		b := block{r.Offset, r.Offset + r.Length, r.Class, r.What}
		if n := len(all); n > 0 && all[n-1].class == b.class && all[n-1].what == b.what {
			all[n-1].to = b.to
			continue
		}
		all = append(all, b)
	}
	return all
}

func (b block) name() string {
	switch b.class {
	case assay.Padding:
		return "padding"
	case assay.Opened:
		return cmp.Or(b.what, "opened")
	}
	return strings.TrimSuffix(string(b.class)+": "+b.what, ": ")
}

// LayoutText draws a layout for a terminal of so many columns.
func LayoutText(w io.Writer, l *Layout, columns int, paint Painter) error {
	b := &strings.Builder{}
	fmt.Fprintf(b, "%s, %d bytes\n", Clean(l.Name), l.Size)
	var bar, curve strings.Builder
	for i := range columns {
		at := l.Size * int64(i) / int64(columns)
		class := classAt(l.Ranges, at)
		bar.WriteString(paint(classColors[class], classRunes[class]))
		if n := len(l.Entropy); n > 0 {
			curve.WriteRune(sparkle(l.Entropy[min(i*n/columns, n-1)]))
		}
	}
	fmt.Fprintf(b, "%s\n%s entropy\n", bar.String(), curve.String())
	b.WriteString("█ opened  ▒ declared opaque  ░ unexplained  · padding\n\n")
	fmt.Fprintf(b, "  %10s  %10s  %-7s  %s\n", "offset", "length", "entropy", "what")
	for _, k := range l.blocks() {
		e := l.Of(k.from, k.to-k.from)
		fmt.Fprintf(b, "  0x%08x  %10d  %s %.2f   %s\n", k.from, k.to-k.from, string(sparkle(e)), e, paint(classColors[k.class], Clean(k.name())))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

var (
	classRunes  = map[assay.CoverageClass]string{assay.Opened: "█", assay.Padding: "·", assay.Checked: "▓", assay.DeclaredOpaque: "▒", assay.Unexplained: "░"}
	classColors = map[assay.CoverageClass]string{assay.Opened: green, assay.Padding: faint, assay.Checked: green, assay.DeclaredOpaque: yellow, assay.Unexplained: red}
)

func classAt(ranges []assay.Range, at int64) assay.CoverageClass {
	for _, r := range ranges {
		if at < r.Offset+r.Length {
			return r.Class
		}
	}
	return assay.Padding
}

// sparkle is the entropy of a cell as a bar.
func sparkle(e float64) rune {
	const levels = "▁▂▃▄▅▆▇█"
	runes := []rune(levels)
	return runes[min(int(e), len(runes)-1)]
}

// The picture's measures, in pixels, and its colours: Paul Tol's bright scheme,
// which colour-blind people can tell apart.
const (
	picWidth, picMargin  = 960, 24
	barTop, barHeight    = 64, 56
	curveTop, curveRange = 136, 96
	legendTop, legendRow = 268, 22
)

var palette = []string{"#4477AA", "#66CCEE", "#228833", "#CCBB44", "#EE6677", "#AA3377"}

const (
	paddingFill     = "#DDDDDD"
	unexplainedFill = "url(#unexplained)"
	closedFill      = "#BBBBBB"
)

// LayoutSVG draws a layout as one SVG without scripts: what became of the bytes,
// and their entropy below. Every part has a tooltip.
func LayoutSVG(w io.Writer, l *Layout) error {
	blocks := l.blocks()
	fills, legend := colours(blocks)
	b := &strings.Builder{}
	height := legendTop + legendRow*len(legend) + picMargin
	fmt.Fprintf(b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" font-family="system-ui, sans-serif" font-size="13" fill="#222">`+"\n",
		picWidth, height, picWidth, height)
	fmt.Fprintf(b, "<title>Layout of %s</title>\n<desc>%s</desc>\n", text(l.Name), text(describeLayout(l, blocks)))
	b.WriteString(`<defs><pattern id="unexplained" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="#fff"/><path d="M0 6L6 0" stroke="#CC3311" stroke-width="1.5"/></pattern></defs>` + "\n")
	fmt.Fprintf(b, `<rect width="%d" height="%d" fill="#fff"/>`+"\n", picWidth, height)
	fmt.Fprintf(b, `<text x="%d" y="32" font-size="17" font-weight="600">%s</text><text x="%d" y="32" text-anchor="end" fill="#666">%s</text>`+"\n",
		picMargin, text(l.Name), picWidth-picMargin, Bytes(l.Size))
	for i, k := range blocks {
		x, width := l.x(k.from), l.x(k.to)-l.x(k.from)
		fmt.Fprintf(b, `<rect x="%.1f" y="%d" width="%.2f" height="%d" fill="%s"><title>%s</title></rect>`+"\n",
			x, barTop, math.Max(width, 0.5), barHeight, fills[i], text(l.tooltip(k)))
	}
	fmt.Fprintf(b, `<rect x="%d" y="%d" width="%d" height="%d" fill="none" stroke="#222"/>`+"\n", picMargin, barTop, picWidth-2*picMargin, barHeight)
	l.curve(b)
	for i, e := range legend {
		y := legendTop + legendRow*i
		fmt.Fprintf(b, `<rect x="%d" y="%d" width="14" height="14" fill="%s" stroke="#222" stroke-width="0.5"/><text x="%d" y="%d">%s</text>`+"\n",
			picMargin, y, e.fill, picMargin+22, y+12, text(e.words))
	}
	b.WriteString("</svg>\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// x is where a byte of the image lies in the picture.
func (l *Layout) x(at int64) float64 {
	return picMargin + float64(at)/float64(max(l.Size, 1))*(picWidth-2*picMargin)
}

// curve draws the entropy, with its scale and that of the offsets.
func (l *Layout) curve(b *strings.Builder) {
	bottom := curveTop + curveRange
	for _, bits := range []int{0, 4, 8} {
		y := bottom - bits*curveRange/8
		fmt.Fprintf(b, `<path d="M%d %dH%d" stroke="#ddd"/><text x="%d" y="%d" font-size="10" text-anchor="end" fill="#666">%d</text>`+"\n",
			picMargin, y, picWidth-picMargin, picMargin-4, y+3, bits)
	}
	if n := len(l.Entropy); n > 0 {
		var d strings.Builder
		for i, e := range l.Entropy {
			x := picMargin + (float64(i)+0.5)/float64(n)*(picWidth-2*picMargin)
			fmt.Fprintf(&d, "%c%.1f %.1f", "ML"[min(i, 1)], x, float64(bottom)-e*curveRange/8)
		}
		fmt.Fprintf(b, `<path d="%s" fill="none" stroke="#222" stroke-width="1.2"><title>entropy in bits per byte: near 8 is compressed or encrypted</title></path>`+"\n", d.String())
	}
	for i := range int64(5) {
		at := l.Size * i / 4
		anchor := [...]string{"start", "middle", "middle", "middle", "end"}[i]
		fmt.Fprintf(b, `<text x="%.1f" y="%d" font-size="11" text-anchor="%s" fill="#666">0x%x</text>`+"\n", l.x(at), bottom+16, anchor, at)
	}
}

type legendEntry struct{ fill, words string }

// colours gives each block its fill, and one line of the legend for each kind.
func colours(blocks []block) (fills []string, legend []legendEntry) {
	sizes := map[string]int64{}
	for _, k := range blocks {
		sizes[kindOf(k)] += k.to - k.from
	}
	known := map[string]string{}
	for _, k := range blocks {
		kind := kindOf(k)
		fill, ok := known[kind]
		if !ok {
			fill = fillOf(k, known)
			known[kind] = fill
			legend = append(legend, legendEntry{fill, fmt.Sprintf("%s, %s", kind, Bytes(sizes[kind]))})
		}
		fills = append(fills, fill)
	}
	return fills, legend
}

// kindOf is what a line of the legend stands for.
func kindOf(k block) string {
	if k.class == assay.Unexplained {
		return "unexplained"
	}
	return k.name()
}

func fillOf(k block, known map[string]string) string {
	switch k.class {
	case assay.Padding:
		return paddingFill
	case assay.Unexplained:
		return unexplainedFill
	case assay.DeclaredOpaque:
		return closedFill
	}
	taken := 0
	for _, fill := range known {
		if strings.HasPrefix(fill, "#") && fill != paddingFill && fill != closedFill {
			taken++
		}
	}
	return palette[taken%len(palette)]
}

func (l *Layout) tooltip(k block) string {
	return fmt.Sprintf("0x%x to 0x%x, %s: %s; entropy %.2f", k.from, k.to, Bytes(k.to-k.from), k.name(), l.Of(k.from, k.to-k.from))
}

func describeLayout(l *Layout, blocks []block) string {
	words := make([]string, 0, len(blocks))
	for i, k := range blocks {
		if i == maxFindings {
			words = append(words, fmt.Sprintf("and %d more", len(blocks)-i))
			break
		}
		words = append(words, fmt.Sprintf("%s at 0x%x", k.name(), k.from))
	}
	return Bytes(l.Size) + ": " + strings.Join(words, ", ")
}

func text(s string) string { return html.EscapeString(Clean(s)) }
