package fit

import (
	"slices"

	"github.com/assay-iot/assay/firmware/fdt"
	"github.com/assay-iot/assay/firmware/format"
)

// unsigned are the properties that a signature of a configuration leaves out: the
// data of images, which their hashes stand for, and where they are.
var unsigned = []string{"data", "data-size", "data-position", "data-offset"}

// What of a node is signed.
const (
	nothing = iota
	frame   // where it begins and ends
	whole   // its properties too
)

// regions finds the runs of a tree that stand for a list of nodes, as U-Boot
// hashes them (doc/usage/fit/signature: "Signed Configurations"): of each node in
// the list its tokens, but for the properties that are left out, of each node
// below one the tokens that begin and end it, and the token that ends the tree.
// The end of any node that follows directly on a signed token is signed too.
func (r *reader) regions(nodes []string) ([]format.Span, error) {
	listed := map[string]bool{}
	for _, n := range nodes {
		listed[n] = true
	}
	var spans []format.Span
	var above []open
	var now open
	before := false // the last token was signed
	err := r.tree.Tokens(r.in, func(k fdt.Token) {
		signed := now.state == whole
		next := false
		switch k.Kind {
		case fdt.Begin:
			above = append(above, now)
			now = now.child(k.Name, len(above) == 1, listed)
			signed = now.state != nothing
			next = signed
		case fdt.End:
			next = now.state != nothing
			signed = next || before
			now, above = above[len(above)-1], above[:len(above)-1]
		case fdt.Prop:
			signed = signed && !slices.Contains(unsigned, k.Name)
			next = signed
		case fdt.Last:
			signed = true
		default:
			next = signed
		}
		if before = next; !signed {
			return
		}
		if n := len(spans); n > 0 && spans[n-1].Offset+spans[n-1].Length == k.Offset {
			spans[n-1].Length += k.Length
			return
		}
		spans = append(spans, format.Span{Offset: k.Offset, Length: k.Length})
	})
	return spans, err
}

// open is a node that has begun and not ended: its path, as long as it can be in
// a list, and what of it is signed.
type open struct {
	path  string
	state int
}

const maxPath = 512

func (o open) child(name string, root bool, listed map[string]bool) open {
	path := o.path + "/" + name
	if root {
		path = ""
	}
	if len(path) > maxPath {
		path = o.path // no list has it
	}
	return open{path, below(o.state, listed[path] && path != o.path || root && listed["/"])}
}

// below is what is signed of a node below another.
func below(above int, listed bool) int {
	switch {
	case listed:
		return whole
	case above == whole:
		return frame
	}
	return nothing
}
