package facts

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// Node is a fact of any type: a *Fact, a *Scan or a *Given.
type Node interface {
	// ID names the fact, as "accounts".
	ID() string
	// About is one sentence for the documentation.
	About() string
	needs() []Node
	version() int
	readsImage() bool
	encode(*Observer) ([]byte, error)
	restore(*Observation, []byte) error
}

// Source is a Node that gives a T.
type Source[T any] interface {
	Node
	// Of gives the value for the asker; the error says why it is not known.
	Of(*Observer) (T, error)
}

// Fact is derived from other facts.
type Fact[T any] struct {
	Name    string
	Doc     string
	Version int // raised whenever the same image could give another value; 0 counts as 1
	Needs   []Node
	Observe func(*Observer) (T, error)

	image bool // reads the tree itself, not only other facts
}

// Scan looks at each file once while the image is read. Its value is the
// concatenation of what See gave, in the order of the files' paths.
type Scan[T any] struct {
	Name    string
	Doc     string
	Version int
	// Want says, before the content is there, whether See is to be called; nil
	// means for every regular file and raw range. It must be cheap.
	Want func(*firmware.File) bool
	// See must not keep content, and is called from several goroutines at once.
	See func(f *firmware.File, content []byte) []T
	// Words, if set, are literals that the scan looks for. Then Spot is called in
	// place of See, with the places where they stand: one search finds the words
	// of all scans.
	Words *literals
	Spot  func(f *firmware.File, content []byte, words sights) []T
	// Store, if set, may put what was seen of a file out of memory. It too is called
	// from several goroutines.
	Store func(*Observation, []T)
}

// Given is supplied from outside the image with [Observation.Supply].
type Given[T any] struct {
	Name    string
	Doc     string
	Version int
	Without string // the reason that stands in a result when nobody supplied it
}

// ErrUndeclared is a bug of the asker: it asked for a fact that it did not declare.
var ErrUndeclared = errors.New("fact was not declared as needed")

// Observation holds what was observed of one image, or, where Image is nil, of
// the product as a whole.
type Observation struct {
	Image    *firmware.Image
	Coverage assay.Coverage

	mu    sync.Mutex
	cells map[string]*cell
	clock clock
	texts textStore
}

type cell struct {
	once  sync.Once
	value any
	err   error
}

// Observer is an Observation as one asker sees it: only what it declared.
type Observer struct {
	*Observation
	asker  string
	may    []Node
	waited atomic.Int64 // nanoseconds that it spent asking for facts
}

// NewObservation makes an Observation without an image.
func NewObservation() *Observation { return &Observation{cells: map[string]*cell{}} }

// Observe opens an image and runs, in the one pass over its bytes, every scan
// that the nodes need. Derived facts are computed when they are first asked for.
func Observe(ctx context.Context, src firmware.Source, opts firmware.Options, nodes ...Node) (*Observation, error) {
	o := NewObservation()
	o.texts.scratch = opts.Scratch
	o.clock.scans = ctx.Value(timedKey{}) != nil
	var scans []scanner
	for _, n := range Closure(nodes...) {
		if s, ok := n.(interface{ start(*Observation) scanner }); ok {
			scans = append(scans, s.start(o))
		}
	}
	visit, search := opts.Visit, newSearch(scans, &o.clock)
	opts.Visit = func(f *firmware.File, content []byte) {
		see(scans, search, f, content)
		if visit != nil {
			visit(f, content)
		}
	}
	img, err := firmware.Open(ctx, src, opts)
	if err != nil {
		return nil, err
	}
	o.Image, o.Coverage = img, CoverageOf(img)
	o.Coverage.Skipped = append(o.Coverage.Skipped, o.texts.skipped()...)
	search.finish()
	for _, s := range scans {
		s.finish()
	}
	return o, nil
}

// Closure lists the nodes and everything they need, each once, needed ones first.
func Closure(nodes ...Node) []Node {
	var all []Node
	seen := map[string]bool{}
	var add func(Node)
	add = func(n Node) {
		if seen[n.ID()] {
			return
		}
		seen[n.ID()] = true
		for _, m := range n.needs() {
			add(m)
		}
		all = append(all, n)
	}
	for _, n := range nodes {
		add(n)
	}
	return all
}

// NeedsImage reports whether any of the nodes reads an image.
func NeedsImage(nodes ...Node) bool {
	return slices.ContainsFunc(Closure(nodes...), Node.readsImage)
}

// Validate reports bad names, missing words and cycles.
func Validate(nodes ...Node) error {
	var errs []error
	state := map[string]int{} // 1 on the way, 2 done
	byID := map[string]Node{}
	var visit func(Node, []string)
	visit = func(n Node, way []string) {
		id := n.ID()
		if id == "" || strings.ToLower(id) != id || n.About() == "" {
			errs = append(errs, fmt.Errorf("fact %q: needs a lower-case name and a doc", id))
		}
		if other, ok := byID[id]; ok && other != n {
			errs = append(errs, fmt.Errorf("fact %q: two facts have this name", id))
		}
		byID[id] = n
		switch state[id] {
		case 1:
			errs = append(errs, fmt.Errorf("fact %s needs itself: %s", id, strings.Join(append(way, id), " → ")))
			return
		case 2:
			return
		}
		state[id] = 1
		for _, m := range n.needs() {
			visit(m, append(slices.Clone(way), id))
		}
		state[id] = 2
	}
	for _, n := range nodes {
		visit(n, nil)
	}
	return errors.Join(errs...)
}

// For gives the Observation as an asker with these needs sees it.
func (o *Observation) For(asker string, needs []Node) *Observer {
	return &Observer{Observation: o, asker: asker, may: needs}
}

func (o *Observation) cell(id string) *cell {
	o.mu.Lock()
	defer o.mu.Unlock()
	c := o.cells[id]
	if c == nil {
		c = new(cell)
		o.cells[id] = c
	}
	return c
}

func (o *Observer) check(n Node) error {
	for _, m := range o.may {
		if m == n {
			return nil
		}
	}
	return fmt.Errorf("%s asked for %s: %w", o.asker, n.ID(), ErrUndeclared)
}

func value[T any](c *cell) (T, error) {
	v, _ := c.value.(T)
	return v, c.err
}

// ---- Fact

// ID gives the fact's name.
func (f *Fact[T]) ID() string { return f.Name }

// About gives the fact's sentence.
func (f *Fact[T]) About() string { return f.Doc }

func (f *Fact[T]) needs() []Node    { return f.Needs }
func (f *Fact[T]) version() int     { return max(f.Version, 1) }
func (f *Fact[T]) readsImage() bool { return f.image }

// Of computes the fact, once. A panic in it is an error.
func (f *Fact[T]) Of(o *Observer) (T, error) {
	if err := o.check(f); err != nil {
		var zero T
		return zero, err
	}
	c, asked := o.cell(f.Name), time.Now()
	c.once.Do(func() {
		inner, began := o.For("fact "+f.Name, f.Needs), time.Now()
		defer func() {
			if r := recover(); r != nil {
				c.err = fmt.Errorf("fact %s: panic: %v", f.Name, r)
			}
			inner.Spend(f.Name, began)
		}()
		v, err := f.Observe(inner)
		if err = cmp.Or(err, o.texts.failed()); err != nil {
			c.err = fmt.Errorf("fact %s: %w", f.Name, err)
			return
		}
		c.value = v
	})
	o.waited.Add(int64(time.Since(asked)))
	return value[T](c)
}

func (f *Fact[T]) encode(o *Observer) ([]byte, error)     { return encode(f, o) }
func (f *Fact[T]) restore(o *Observation, b []byte) error { return restore[T](o, f.Name, b) }

// ---- Scan

// ID gives the fact's name.
func (s *Scan[T]) ID() string { return s.Name }

// About gives the fact's sentence.
func (s *Scan[T]) About() string { return s.Doc }

func (s *Scan[T]) needs() []Node    { return nil }
func (s *Scan[T]) version() int     { return max(s.Version, 1) }
func (s *Scan[T]) readsImage() bool { return true }

// Of gives the collected items.
func (s *Scan[T]) Of(o *Observer) ([]T, error) {
	if err := o.check(s); err != nil {
		return nil, err
	}
	c := o.cell(s.Name)
	c.once.Do(func() { c.err = fmt.Errorf("fact %s was not observed", s.Name) })
	return value[[]T](c)
}

func (s *Scan[T]) encode(o *Observer) ([]byte, error)     { return encode(s, o) }
func (s *Scan[T]) restore(o *Observation, b []byte) error { return restore[[]T](o, s.Name, b) }

type scanner interface {
	words() *literals
	see(*firmware.File, []byte, sights)
	finish()
}

func (s *Scan[T]) start(o *Observation) scanner {
	return &scanning[T]{scan: s, observation: o, into: o.cell(s.Name)}
}

type scanning[T any] struct {
	scan        *Scan[T]
	observation *Observation
	into        *cell
	took        atomic.Int64

	mu   sync.Mutex
	seen []seen[T]
	err  error
}

type seen[T any] struct {
	path  string
	items []T
}

func (s *scanning[T]) words() *literals { return s.scan.Words }

func (s *scanning[T]) see(f *firmware.File, content []byte, words sights) {
	defer func() {
		if r := recover(); r != nil {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.err = fmt.Errorf("fact %s: panic at %s: %v", s.scan.Name, f.Path, r)
		}
	}()
	if s.scan.Want != nil && !s.scan.Want(f) {
		return
	}
	lap := s.observation.clock.begin()
	var items []T
	if s.scan.Words != nil {
		items = s.scan.Spot(f, content, words)
	} else {
		items = s.scan.See(f, content)
	}
	lap.end(&s.took)
	if len(items) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, seen[T]{f.Path, items})
	if s.scan.Store != nil {
		s.scan.Store(s.observation, items)
	}
}

func (s *scanning[T]) finish() {
	s.observation.clock.add(s.scan.Name, time.Duration(s.took.Load()))
	slices.SortFunc(s.seen, func(a, b seen[T]) int { return strings.Compare(a.path, b.path) })
	all := []T{}
	for _, one := range s.seen {
		all = append(all, one.items...)
	}
	s.into.once.Do(func() { s.into.value, s.into.err = all, s.err })
}

// ---- Given

// ID gives the fact's name.
func (g *Given[T]) ID() string { return g.Name }

// About gives the fact's sentence.
func (g *Given[T]) About() string { return g.Doc }

func (g *Given[T]) needs() []Node    { return nil }
func (g *Given[T]) version() int     { return max(g.Version, 1) }
func (g *Given[T]) readsImage() bool { return false }

// Of gives what was supplied, or an error with the reason that nothing was.
func (g *Given[T]) Of(o *Observer) (T, error) {
	if err := o.check(g); err != nil {
		var zero T
		return zero, err
	}
	c := o.cell(g.Name)
	c.once.Do(func() { c.err = &notSupplied{g.Without} })
	return value[T](c)
}

// Supply puts in what was asked outside: the value, or why there is none.
// The first call counts.
func (g *Given[T]) Supply(o *Observation, v T, err error) {
	c := o.cell(g.Name)
	c.once.Do(func() { c.value, c.err = v, err })
}

// notSupplied is the error of a fact that nobody supplied.
type notSupplied struct{ why string }

func (e *notSupplied) Error() string { return e.why }

// IsNotSupplied reports whether a fact is not known because nobody supplied it:
// neither the value, nor why there is none.
func IsNotSupplied(err error) bool { return errors.As(err, new(*notSupplied)) }

func (g *Given[T]) encode(o *Observer) ([]byte, error)     { return encode(g, o) }
func (g *Given[T]) restore(o *Observation, b []byte) error { return restore[T](o, g.Name, b) }
