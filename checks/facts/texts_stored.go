package facts

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// maxTextMemory is how many bytes of texts stay in memory, if there is a scratch file
// for the others. Those of usual devices are fewer in all; of 1 GiB of files they were
// 190 MiB.
const maxTextMemory = 48 << 20

// textBatch is how many bytes of texts are written to the scratch file at once.
const textBatch = 1 << 20

// textStore holds the texts of an image that memory does not: they are written while
// the image is read, and read again by each that asks for them.
type textStore struct {
	scratch *firmware.Scratch // nil: all stay in memory

	mu    sync.Mutex
	live  int             // bytes in memory
	batch []*Text         // to be written next; still in memory
	size  int             // bytes of the batch
	full  bool            // the scratch file takes no more
	long  []assay.Skipped // texts that are too long to be kept
	err   error           // a text could not be read again
}

// storedText is the place of a text in the store.
type storedText struct {
	store  *textStore
	batch  io.ReaderAt
	offset int64
	size   int
}

// put takes what was seen of a file. Scripts stay in memory: they are read most often.
func (s *textStore) put(texts []Text) {
	if len(texts) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range texts {
		t := &texts[i]
		if t.long {
			s.long = append(s.long, assay.Skipped{
				Path: t.File.Path, Length: t.File.Size, Reason: fmt.Sprintf("a text of more than %d bytes is not read line by line", MaxSettings),
			})
		}
		if s.scratch == nil {
			continue
		}
		s.live += len(t.Content)
		if s.live > maxTextMemory && !s.full && !isScript(*t) {
			s.batch = append(s.batch, t)
			s.size += len(t.Content)
		}
	}
	if s.size >= textBatch {
		s.write()
	}
}

// write puts a batch into the scratch file. What that has no room for stays in memory.
func (s *textStore) write() {
	spool := s.scratch.New()
	for _, t := range s.batch {
		if _, err := io.WriteString(spool, t.Content); err != nil {
			s.full = true
		}
	}
	if err := spool.Close(); err != nil {
		s.full = true
	}
	if !s.full {
		at := int64(0)
		for _, t := range s.batch {
			t.stored = &storedText{s, spool, at, len(t.Content)}
			at += int64(len(t.Content))
			t.Content = ""
		}
		s.live -= s.size
	}
	s.batch, s.size = nil, 0
}

// loaded gives the text with its content in memory.
func (t Text) loaded() Text {
	if t.stored == nil {
		return t
	}
	buffer := textBuffers.Get().(*[MaxText]byte)
	defer textBuffers.Put(buffer)
	content := buffer[:min(t.stored.size, MaxText)]
	if t.stored.size > MaxText {
		content = make([]byte, t.stored.size)
	}
	if _, err := t.stored.batch.ReadAt(content, t.stored.offset); err != nil {
		t.stored.store.fail(fmt.Errorf("%s cannot be read again: %w", t.File.Path, err))
	}
	t.Content, t.stored = string(content), nil
	return t
}

// textBuffers are what texts are read into before they are strings.
var textBuffers = sync.Pool{New: func() any { return new([MaxText]byte) }}

func (s *textStore) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
	}
}

// failed says which text could not be read again: nothing that is made of texts is
// known from then on.
func (s *textStore) failed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// skipped are the texts that were too long, by path.
func (s *textStore) skipped() []assay.Skipped {
	s.mu.Lock()
	defer s.mu.Unlock()
	slices.SortFunc(s.long, func(a, b assay.Skipped) int { return cmp.Compare(a.Path, b.Path) })
	return s.long
}
