// Package log reads and checks proofs that a label stands in a transparency
// log: a list that only grows, whose keeper cannot show different lists to
// different people without being found out. A label issued in secret, or dated
// back, has no such proof.
//
// A proof is a small text beside the bundle, in the form c2sp.org/tlog-proof@v1,
// over a log of RFC 6962 hashes with a signed checkpoint (c2sp.org/tlog-checkpoint).
// The entry of a label is the SHA-256 of its statement, 32 bytes. Package folder
// keeps such a log.
package log

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// MaxProof is the size of the largest proof that is read, in bytes.
const MaxProof = 64 << 10

const (
	header    = "c2sp.org/tlog-proof@v1"
	maxHashes = 63
)

// The ways in which a proof proves nothing.
var (
	ErrFormat  = errors.New("not a log proof")
	ErrKey     = errors.New("the log's checkpoint is not signed with the key given")
	ErrNoEntry = errors.New("the log proof is not about this label")
)

// Proof says that an entry stands at an index of a log.
type Proof struct {
	Index      int64
	Extra      []byte      // without meaning here; nobody signed it
	Hashes     []tlog.Hash // from the entry's neighbour up to the root's child
	Checkpoint []byte      // a signed note
}

// Parse reads a proof. A text has one form only: what Marshal writes.
func Parse(data []byte) (*Proof, error) {
	if len(data) > MaxProof {
		return nil, fmt.Errorf("%w: %d bytes, more than %d", ErrFormat, len(data), MaxProof)
	}
	head, checkpoint, ok := bytes.Cut(data, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !ok || lines[0] != header || len(lines) < 2 {
		return nil, fmt.Errorf("%w: it does not begin with %s", ErrFormat, header)
	}
	p, lines := &Proof{Checkpoint: checkpoint}, lines[1:]
	var err error
	if extra, ok := strings.CutPrefix(lines[0], "extra "); ok {
		if p.Extra, err = base64.StdEncoding.DecodeString(extra); err != nil {
			return nil, fmt.Errorf("%w: line 2: %w", ErrFormat, err)
		}
		lines = lines[1:]
	}
	if err := p.index(lines); err != nil {
		return nil, err
	}
	if !bytes.Equal(p.Marshal(), data) {
		return nil, fmt.Errorf("%w: not written as the format says", ErrFormat)
	}
	return p, nil
}

func (p *Proof) index(lines []string) error {
	if len(lines) == 0 || len(lines)-1 > maxHashes {
		return fmt.Errorf("%w: %d lines", ErrFormat, len(lines))
	}
	digits, ok := strings.CutPrefix(lines[0], "index ")
	var err error
	if p.Index, err = strconv.ParseInt(digits, 10, 64); !ok || err != nil || p.Index < 0 {
		return fmt.Errorf("%w: %.40q is no index", ErrFormat, lines[0])
	}
	for _, line := range lines[1:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return fmt.Errorf("%w: %.60q is no hash", ErrFormat, line)
		}
		p.Hashes = append(p.Hashes, hash)
	}
	return nil
}

// Marshal writes the proof.
func (p *Proof) Marshal() []byte {
	var b bytes.Buffer
	b.WriteString(header + "\n")
	if p.Extra != nil {
		fmt.Fprintf(&b, "extra %s\n", base64.StdEncoding.EncodeToString(p.Extra))
	}
	fmt.Fprintf(&b, "index %d\n", p.Index)
	for _, h := range p.Hashes {
		fmt.Fprintf(&b, "%s\n", h)
	}
	b.WriteString("\n")
	b.Write(p.Checkpoint)
	return b.Bytes()
}

// Origin is the name of the log that the proof says it is of. Nothing is verified.
func (p *Proof) Origin() string {
	origin, _, _ := strings.Cut(string(p.Checkpoint), "\n")
	return origin
}

// Checkpoint is the state of a log that its key signed.
type Checkpoint struct {
	Origin string
	Size   int64
	Root   tlog.Hash
}

// Verify checks that the label with this statement digest stands in the log of
// key, a verifier key of a signed note ("origin+hash+base64"). It gives the
// checkpoint that says so.
func (p *Proof) Verify(digest [sha256.Size]byte, key string) (*Checkpoint, error) {
	c, err := OpenCheckpoint(p.Checkpoint, key)
	if err != nil {
		return nil, err
	}
	if p.Index >= c.Size {
		return nil, fmt.Errorf("%w: index %d in a log of %d", ErrNoEntry, p.Index, c.Size)
	}
	if err := tlog.CheckRecord(p.Hashes, c.Size, c.Root, p.Index, tlog.RecordHash(digest[:])); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoEntry, err)
	}
	return c, nil
}

// OpenCheckpoint checks a checkpoint's signature and reads it. Its origin is the
// name of the key.
func OpenCheckpoint(checkpoint []byte, key string) (*Checkpoint, error) {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return nil, fmt.Errorf("log key: %w", err)
	}
	n, err := note.Open(checkpoint, note.VerifierList(verifier))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	if err := oneForm(checkpoint); err != nil {
		return nil, err
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return nil, fmt.Errorf("%w: not a checkpoint of %s", ErrFormat, verifier.Name())
	}
	c := &Checkpoint{Origin: lines[0]}
	if c.Size, err = strconv.ParseInt(lines[1], 10, 64); err != nil || c.Size < 0 {
		return nil, fmt.Errorf("%w: %.40q is no size", ErrFormat, lines[1])
	}
	if c.Root, err = tlog.ParseHash(lines[2]); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return c, nil
}

// oneForm refuses signatures in base64 that could be written otherwise.
func oneForm(checkpoint []byte) error {
	_, signatures, _ := bytes.Cut(checkpoint, []byte("\n\n"))
	for line := range strings.Lines(string(signatures)) {
		line = strings.TrimSuffix(line, "\n")
		if _, err := base64.StdEncoding.Strict().DecodeString(line[strings.LastIndex(line, " ")+1:]); err != nil {
			return fmt.Errorf("%w: a signature is not written as it should be: %w", ErrFormat, err)
		}
	}
	return nil
}
