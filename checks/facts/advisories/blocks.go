package advisories

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"

	"github.com/assay-iot/assay"
)

// The files of an ecosystem.
const (
	recordsFile = "records.jsonl.gz"
	indexFile   = "index.jsonl"
)

// blockBytes is how many bytes of lines go into one gzip member.
const blockBytes = 64 << 10

// Limits of what a data set may ask a reader to hold in memory.
const (
	maxBlock = maxRecord + blockBytes // bytes of a block when it is unpacked
	maxIndex = 256 << 20              // bytes of an index
)

// block is one line of an index: a gzip member of the file of records.
type block struct {
	First   string       `json:"first"` // name of its first package
	Offset  int64        `json:"offset"`
	Length  int64        `json:"length"` // in the file
	Size    int64        `json:"size"`   // unpacked
	Records int          `json:"records"`
	Digest  assay.Digest `json:"sha256"` // as it stands in the file
}

// blockWriter writes the two files of an ecosystem.
type blockWriter struct {
	records, index *os.File
	out            *bufio.Writer
	sum            hash.Hash // of the index
	now            block
	lines          bytes.Buffer
	total          int
}

func newBlockWriter(folder string) (*blockWriter, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	records, err := os.Create(filepath.Join(folder, recordsFile))
	if err != nil {
		return nil, err
	}
	index, err := os.Create(filepath.Join(folder, indexFile))
	if err != nil {
		return nil, errors.Join(err, records.Close())
	}
	return &blockWriter{records: records, index: index, out: bufio.NewWriter(index), sum: sha256.New()}, nil
}

// add writes one line about a package.
func (w *blockWriter) add(name string, text []byte) error {
	if w.now.Records == 0 {
		w.now.First = name
	}
	w.now.Records++
	w.total++
	w.lines.Write(text)
	w.lines.WriteByte('\n')
	if w.lines.Len() < blockBytes {
		return nil
	}
	return w.flush()
}

// flush writes the block.
func (w *blockWriter) flush() error {
	if w.now.Records == 0 {
		return nil
	}
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.DefaultCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(w.lines.Bytes()); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	w.now.Length, w.now.Size = int64(packed.Len()), int64(w.lines.Len())
	w.now.Digest = assay.SHA256(sha256.Sum256(packed.Bytes()))
	entry, err := json.Marshal(w.now)
	if err != nil {
		return err
	}
	entry = append(entry, '\n')
	w.sum.Write(entry)
	if _, err := w.out.Write(entry); err != nil {
		return err
	}
	if _, err := w.records.Write(packed.Bytes()); err != nil {
		return err
	}
	w.now = block{Offset: w.now.Offset + w.now.Length}
	w.lines.Reset()
	return nil
}

// close ends both files and gives the digest of the index.
func (w *blockWriter) close() (assay.Digest, error) {
	err := errors.Join(w.flush(), w.out.Flush())
	err = errors.Join(err, w.records.Close(), w.index.Close())
	return assay.SHA256([32]byte(w.sum.Sum(nil))), err
}

// unpack reads a block and holds it to what the index says.
func (b *block) unpack(from io.ReaderAt) ([]byte, error) {
	if b.Length <= 0 || b.Length > maxBlock || b.Size <= 0 || b.Size > maxBlock || b.Offset < 0 {
		return nil, fmt.Errorf("the block at offset %d has an impossible size", b.Offset)
	}
	packed := make([]byte, b.Length)
	if n, err := from.ReadAt(packed, b.Offset); n < len(packed) {
		return nil, fmt.Errorf("at offset %d: %w", b.Offset, err)
	}
	if assay.SHA256(sha256.Sum256(packed)) != b.Digest {
		return nil, fmt.Errorf("the block at offset %d is not the one of the index", b.Offset)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("at offset %d: %w", b.Offset, err)
	}
	lines := make([]byte, b.Size)
	if _, err := io.ReadFull(z, lines); err != nil {
		return nil, fmt.Errorf("at offset %d: %w", b.Offset, err)
	}
	if n, err := z.Read(make([]byte, 1)); n > 0 || !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("the block at offset %d is longer than the index says", b.Offset)
	}
	return lines, nil
}

// readIndex reads the lines of an index.
func readIndex(data []byte) ([]block, error) {
	var blocks []block
	for n := 1; len(data) > 0; n++ {
		var entry []byte
		entry, data, _ = bytes.Cut(data, []byte("\n"))
		var b block
		if err := json.Unmarshal(entry, &b); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		blocks = append(blocks, b)
	}
	return blocks, nil
}
