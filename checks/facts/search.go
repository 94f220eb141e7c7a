package facts

import (
	"cmp"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/assay-iot/assay/firmware"
)

// search finds the words of all scans in one pass over a file.
type search struct {
	all   *literals   // nil if no scan has words
	whose []owner     // by word of all
	words []*literals // of the scans that have some
	slots []int       // by scan: the place of its words, or -1
	order []int       // scans, those without words first
	found sync.Pool   // of *[]sights: what was found in files that all scans have seen
	clock *clock
	took  atomic.Int64
}

// owner says whose word it is, and which of its words.
type owner struct{ slot, word int }

// searchName stands in a profile for the time that the scans share.
const searchName = "words-of-scans"

func newSearch(scans []scanner, clock *clock) *search {
	s := &search{clock: clock}
	var words []string
	for _, scan := range scans {
		l := scan.words()
		if l == nil {
			s.slots = append(s.slots, -1)
			continue
		}
		for k, w := range l.Words {
			words, s.whose = append(words, w), append(s.whose, owner{len(s.words), k})
		}
		s.slots, s.words = append(s.slots, len(s.words)), append(s.words, l)
	}
	if words != nil {
		s.all = newLiterals(words)
	}
	for i := range scans {
		s.order = append(s.order, i)
	}
	slices.SortStableFunc(s.order, func(a, b int) int { return cmp.Compare(min(s.slots[a], 0), min(s.slots[b], 0)) })
	return s
}

// in gives, by slot, where the words of a scan stand. The caller gives it back with
// done when no scan looks at the file any more.
func (s *search) in(content []byte) *[]sights {
	lap := s.clock.begin()
	all, ok := s.found.Get().(*[]sights)
	if !ok {
		all = new([]sights)
		for _, l := range s.words {
			*all = append(*all, l.None(nil))
		}
	}
	found := *all
	for i := range found {
		found[i].Reset(content)
	}
	if s.all != nil {
		s.all.Find(content, func(word, at int) bool {
			o := s.whose[word]
			found[o.slot].Add(at, o.word)
			return true
		})
	}
	lap.end(&s.took)
	return all
}

func (s *search) done(found *[]sights) {
	for i := range *found {
		(*found)[i].Reset(nil) // keeps the memory, and lets the file go
	}
	s.found.Put(found)
}

// largeFile is from how many bytes on several scans look at a file at a time: the
// last one of an image, a kernel say, would otherwise keep one processor busy and
// the others idle.
const largeFile = 256 << 10

// see shows a file to every scan.
func see(scans []scanner, search *search, f *firmware.File, content []byte) {
	workers := min(runtime.GOMAXPROCS(0), len(scans))
	if len(content) < largeFile || workers < 2 {
		words := search.in(content)
		for i, s := range scans {
			s.see(f, content, search.of(i, *words))
		}
		search.done(words)
		return
	}
	words := sync.OnceValue(func() *[]sights { return search.in(content) })
	var next atomic.Int64
	look := func() {
		for n := next.Add(1) - 1; n < int64(len(scans)); n = next.Add(1) - 1 {
			i := search.order[n]
			var found sights
			if search.slots[i] >= 0 {
				found = search.of(i, *words())
			}
			scans[i].see(f, content, found)
		}
	}
	var others sync.WaitGroup
	for range workers - 1 {
		others.Go(look)
	}
	words() // here, while the others begin with the scans that need none
	look()
	others.Wait()
	search.done(words())
}

// of picks what was found for a scan.
func (s *search) of(scan int, found []sights) sights {
	if s.slots[scan] < 0 {
		return sights{}
	}
	return found[s.slots[scan]]
}

func (s *search) finish() {
	if s.all != nil && s.clock.scans {
		s.clock.add(searchName, time.Duration(s.took.Load()))
	}
}
