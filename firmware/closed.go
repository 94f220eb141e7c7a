package firmware

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/ordinary"
)

const (
	// minOpaque is from which size on a file, or what follows one, must be something
	// that is known.
	minOpaque = 4 << 10
	// minSample is from which size on the entropy tells what looks encrypted.
	minSample = 16 << 10
	// maxPieces is how many pieces of one text are told apart.
	maxPieces = 64
	// maxChiSquare is the most that the bytes of something shorter differ from equally
	// frequent ones, as Pearson's chi-square: with 255 degrees of freedom it is 255 for
	// chance bytes of any length, and above this once in 10⁸ times. It grows with the
	// length where bytes are not equally frequent: by 1 for each 0.0003 bits of entropy
	// that 4 KiB lack.
	maxChiSquare = 400
)

// close notes what of a file nobody can tell, from a place on, and says so.
func (w *walker) close(f *File, closed []Range, from int64) {
	closed = shifted(closed, from)
	for _, r := range closed {
		w.skip(f.Path, r.Offset, r.Length, r.What)
	}
	f.closed = append(f.closed, closed...)
}

// opaque lists what of a file nobody can tell: all of it, or what follows a file of an
// ordinary kind, or pieces of a text. An archive's parts are looked into instead.
func (w *walker) opaque(content []byte) []Range {
	if w.root && len(content) >= minMember {
		if what := unopened(content, true); what != "" {
			return []Range{{0, int64(len(content)), Unexplained, what}}
		}
	}
	end := ordinary.End(content)
	rest := content[end:]
	switch {
	case end == 0 && !w.root && !isText(rest[:min(len(rest), minOpaque)]), isKeyring(rest), isBytecode(rest):
		return nil
	case len(rest) >= minOpaque && len(w.matcher.starts(format.InMemory(rest))) > 0:
		return nil
	}
	return shifted(opaqueIn(rest), int64(end))
}

// opaqueIn lists what nobody can tell of bytes that begin no container.
func opaqueIn(b []byte) []Range {
	switch {
	case len(b) < minOpaque:
		return nil
	case isText(b[:minOpaque]):
		return chanceIn(b)
	}
	if what := encrypted(b); what != "" {
		return []Range{{0, int64(len(b)), Unexplained, cmp.Or(unopened(b, false), "not recognised: "+what)}}
	}
	return nil
}

// chanceIn lists the pieces of a text, in whole blocks, that look encrypted.
func chanceIn(text []byte) (closed []Range) {
	for at := 0; at+minOpaque <= len(text); at += minOpaque {
		block := text[at : at+minOpaque]
		if isText(block) || chiSquare(block) > maxChiSquare {
			continue
		}
		if n := len(closed); n > 0 && (n == maxPieces || closed[n-1].Offset+closed[n-1].Length == int64(at)) {
			closed[n-1].Length = int64(at+minOpaque) - closed[n-1].Offset // with what is between them, if there are too many
			continue
		}
		closed = append(closed, Range{int64(at), minOpaque, Unexplained, "not recognised: encrypted, or compressed in an unknown way, within a text"})
	}
	return closed
}

// encrypted says that bytes look so; empty if they do not.
func encrypted(b []byte) string {
	if len(b) >= minSample {
		if what := looks(format.InMemory(b)); strings.HasPrefix(what, "encrypted") {
			return what
		}
		return ""
	}
	if chiSquare(b) > maxChiSquare {
		return ""
	}
	return fmt.Sprintf("encrypted, or compressed in an unknown way (entropy %.2f of 8 bits)", entropy(b))
}

// chiSquare is Pearson's, of the bytes against equally frequent ones.
func chiSquare(b []byte) float64 {
	var count [256]float64
	for _, c := range b {
		count[c]++
	}
	sum := 0.0
	for _, n := range count {
		sum += n * n
	}
	return sum*256/float64(len(b)) - float64(len(b))
}
