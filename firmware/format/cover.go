package format

import (
	"cmp"
	"context"
	"crypto"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"

	// The hashes that Cover computes.
	_ "crypto/sha1" //nolint:gosec // signatures that images have
	_ "crypto/sha256"
	_ "crypto/sha512"
)

// Cover says that a signature is over runs of an input, in order. It sets Covers,
// Digest under the first of the hashes, Digests where there are several, and the
// covered bytes themselves, or Signed where they are many. The runs are those of
// the container that the input begins; one with a negative offset counts back
// into what stands in front of it.
func (s *Signature) Cover(ctx context.Context, in Input, spans []Span, hashes ...crypto.Hash) error {
	s.Covers = spans
	var sums []hash.Hash
	all := []io.Writer{}
	for _, h := range hashes {
		sums = append(sums, h.New())
		all = append(all, sums[len(sums)-1])
	}
	into := io.MultiWriter(all...)
	if len(all) == 0 {
		into = io.Discard
	}
	if err := CopySpans(ctx, into, in, spans); err != nil {
		return err
	}
	for i, h := range hashes {
		if i == 0 {
			s.Digest = sums[i].Sum(nil)
		}
		if len(hashes) > 1 {
			if s.Digests == nil {
				s.Digests = map[crypto.Hash][]byte{}
			}
			s.Digests[h] = sums[i].Sum(nil)
		}
	}
	total := int64(0)
	for _, sp := range spans {
		total += sp.Length
	}
	join := func() ([]byte, error) { return join(in, spans, total) }
	if total > MaxMessage {
		s.Signed = join
		return nil
	}
	var err error
	s.Message, err = join()
	return err
}

// CopySpans writes runs of an input, as those that Cover takes, one behind another.
func CopySpans(ctx context.Context, w io.Writer, in Input, spans []Span) error {
	for _, s := range spans {
		if err := feed(ctx, in, s, w); err != nil {
			return err
		}
	}
	return nil
}

// run is the input and place of a span.
func (in Input) run(s Span) (Input, int64, error) {
	if s.Offset >= 0 {
		return in, s.Offset, nil
	}
	if in.Before == nil || -s.Offset > in.Before.Size || s.Length > -s.Offset {
		return in, 0, errors.New("bytes in front of the container are wanted and not here")
	}
	return *in.Before, in.Before.Size + s.Offset, nil
}

// feed reads a run in pieces.
func feed(ctx context.Context, in Input, s Span, w io.Writer) error {
	const piece = 64 << 10
	from, at, err := in.run(s)
	if err != nil || w == io.Discard {
		return err
	}
	for end := at + s.Length; at < end; at += piece {
		if err := ctx.Err(); err != nil {
			return err
		}
		b, err := from.Bytes(at, min(piece, end-at))
		if err != nil {
			return err
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return nil
}

// maxJoined is how many covered bytes are held at once.
const maxJoined = 512 << 20

// join copies runs behind one another.
func join(in Input, spans []Span, total int64) ([]byte, error) {
	if total > maxJoined {
		return nil, fmt.Errorf("%d bytes are signed at once, at most %d are read: %w", total, maxJoined, ErrLimit)
	}
	all := make([]byte, 0, total)
	for _, s := range spans {
		from, at, err := in.run(s)
		if err != nil {
			return nil, err
		}
		b, err := from.Bytes(at, s.Length)
		if err != nil {
			return nil, err
		}
		all = append(all, b...)
	}
	return all, nil
}

// Leave sets Leaves: the bytes of a container of that length that are neither
// the signature's nor covered, at once or by a hash list.
func (s *Signature) Leave(length int64) {
	taken := append([]Span{{Offset: s.Offset, Length: s.Length}}, s.Covers...)
	s.Leaves = Gaps(length, append(taken, s.Through...))
}

// Gaps are the runs of the first length bytes that belong to none of the spans.
func Gaps(length int64, taken []Span) []Span {
	taken = slices.Clone(taken)
	slices.SortFunc(taken, func(a, b Span) int { return cmp.Compare(a.Offset, b.Offset) })
	var gaps []Span
	at := int64(0)
	for _, s := range append(taken, Span{Offset: length}) {
		if end := min(s.Offset, length); end > at {
			gaps = append(gaps, Span{Offset: at, Length: end - at})
		}
		at = max(at, s.Offset+s.Length)
	}
	return gaps
}
