package ostree

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/stream"
)

// Delta is a static delta: the objects that lead from one commit, or from nothing,
// to another, in one file.
var Delta = &format.Format{
	Name:   "ostree-delta",
	Magics: []format.Magic{{Bytes: signedMagic}, {Bytes: firstKey}},
	Probe:  probe,
	Open:   open,
}

const (
	signedMagic = "OSTSGNDT"              // in front of a delta that is signed as a whole
	firstKey    = "ostree.endianness\x00" // the first metadata of every other one

	signedKind = "(taya{sv})"
	superKind  = "(a{sv}tayay" + commitKind + "aya(uayttay)a(yaytt))"
	partKind   = "(a(uuu)aa(ayay)ayay)"
	inlineKind = "(yay)"

	maxSuper = 1 << 30 // bytes of a delta that are read
	maxParts = 1 << 16
)

// Kinds of objects in a part, each a byte in front of its checksum.
const (
	objectFile    = 1
	objectDirTree = 2
	objectDirMeta = 3
	objectSize    = 1 + sha256.Size
)

// probe knows a delta by how it begins; Open finds out whether its values have
// their members where their types want them.
func probe(in format.Input) format.Likeness {
	head := string(in.Head(max(len(signedMagic), len(firstKey))))
	switch {
	case strings.HasPrefix(head, firstKey), strings.HasPrefix(head, signedMagic):
		return format.Likely
	}
	return format.No
}

// super is the outermost value of a delta.
type super struct {
	about    map[string]value
	order    []string
	from, to []byte
	commit   []byte
	parts    []value
	loose    []value // objects that stand elsewhere
}

func parseSuper(b []byte) (*super, error) {
	m, err := value{superKind, b}.items()
	if err != nil {
		return nil, format.Errorf(0, "static delta: %w", err)
	}
	s := &super{from: m[2].data, to: m[3].data, commit: m[4].data}
	if s.about, s.order, err = m[0].dictionary(); err != nil {
		return nil, format.Errorf(0, "metadata of the delta: %w", err)
	}
	if s.parts, err = m[6].items(); err == nil {
		s.loose, err = m[7].items()
	}
	switch {
	case err != nil:
		return nil, format.Errorf(0, "parts of the delta: %w", err)
	case len(s.to) != sha256.Size || len(s.from) != 0 && len(s.from) != sha256.Size:
		return nil, format.Errorf(0, "checksums of %d and %d bytes", len(s.from), len(s.to))
	case len(s.parts) > maxParts:
		return nil, format.Errorf(0, "more than %d parts", maxParts)
	}
	return s, nil
}

// at is where a piece of a delta stands in it: a piece is a slice that reaches as
// far as the whole could.
func at(whole, piece []byte) int64 {
	if len(piece) == 0 {
		return 0
	}
	return int64(cap(whole) - cap(piece))
}

// delta is an opened delta.
type delta struct {
	ctx    context.Context
	budget *format.Budget
	raw    []byte // of the super block
	base   int64  // where that begins
	super  *super
	opened *format.Opened

	objects map[Checksum]object
	inside  []format.Span // parts that are in the file
	entries []format.Entry
	files   []object          // by entry
	used    map[Checksum]bool // objects that are part of the commit
}

func open(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	if in.Size > maxSuper {
		return nil, format.Errorf(0, "a delta of %d bytes: %w", in.Size, format.ErrLimit)
	}
	if _, held := in.ReaderAt.(format.Memory); !held {
		if err := b.Live(in.Size); err != nil {
			return nil, err
		}
	}
	raw, err := in.Bytes(0, in.Size)
	if err != nil {
		return nil, err
	}
	d := &delta{ctx: ctx, budget: b, raw: raw, objects: map[Checksum]object{}, used: map[Checksum]bool{}}
	d.opened = &format.Opened{Length: in.Size, Modes: true, Tree: d, Attributes: map[string]string{}}
	var signed map[string]value
	if strings.HasPrefix(string(raw), signedMagic) {
		m, err := value{signedKind, raw}.items()
		if err != nil {
			return nil, format.Errorf(0, "signed delta: %w", err)
		}
		d.base, d.raw = at(raw, m[1].data), m[1].data
		if signed, _, err = m[2].dictionary(); err != nil {
			return nil, format.Errorf(0, "signatures of the delta: %w", err)
		}
	}
	if d.super, err = parseSuper(d.raw); err != nil {
		return nil, err
	}
	if err := d.load(); err != nil {
		return nil, err
	}
	commit, err := d.tree()
	if err != nil {
		return nil, err
	}
	d.describe(commit)
	return d.opened, d.sign(signed, len(raw))
}

func (d *delta) hurt(off int64, f string, args ...any) {
	d.opened.Damage = append(d.opened.Damage, format.Damage{Offset: d.base + off, Reason: fmt.Sprintf(f, args...)})
}

func (d *delta) describe(c *Commit) {
	a := d.opened.Attributes
	a["commit"] = Checksum(d.super.to).String()
	if len(d.super.from) > 0 {
		a["from"] = Checksum(d.super.from).String()
	}
	for name, text := range map[string]string{"version": c.Version, "subject": c.Subject, "refs": strings.Join(c.Refs, " ")} {
		if text != "" {
			a[name] = text
		}
	}
}

// load unpacks the parts and notes the objects in them.
func (d *delta) load() error {
	for i, p := range d.super.parts {
		if err := d.ctx.Err(); err != nil {
			return err
		}
		m, err := p.items()
		if err != nil {
			return format.Errorf(d.base+at(d.raw, p.data), "part %d: %w", i, err)
		}
		packed, ok := d.inline(i)
		if !ok {
			d.hurt(at(d.raw, p.data), "part %d stands in another file", i)
			continue
		}
		place := at(d.raw, packed)
		h := format.Hash{Name: fmt.Sprintf("part %d", i), Algorithm: "sha256", Span: format.Span{Offset: d.base + place, Length: int64(len(packed))}}
		sum := sha256.Sum256(packed)
		h.OK = slices.Equal(sum[:], m[1].data)
		d.opened.Hashes = append(d.opened.Hashes, h)
		if !h.OK {
			d.hurt(place, "the checksum of part %d differs", i)
			continue
		}
		if err := d.part(packed, m[4].data); err != nil {
			if d.ctx.Err() != nil {
				return err
			}
			d.hurt(place, "part %d: %v", i, err)
		}
		d.inside = append(d.inside, h.Span)
	}
	for range d.super.loose {
		d.hurt(0, "an object stands in a file of its own")
	}
	return nil
}

// inline finds a part in the metadata.
func (d *delta) inline(i int) ([]byte, bool) {
	for _, key := range d.super.order {
		if v := d.super.about[key]; strings.HasPrefix(key, "deltas/") && strings.HasSuffix(key, fmt.Sprintf("/%d", i)) && v.kind == inlineKind {
			return v.data, len(v.data) > 0
		}
	}
	return nil, false
}

// part unpacks a part and runs its operations.
func (d *delta) part(packed, objects []byte) error {
	payload := packed[1:]
	switch packed[0] {
	case 0:
	case 'x':
		o, err := stream.XZ.Open(d.ctx, format.InMemory(payload), d.budget)
		if err != nil {
			return err
		}
		if payload = o.Stream; o.Spool != nil {
			return fmt.Errorf("a part of %d bytes: %w", o.Spool.Size(), format.ErrLimit)
		}
		if err := d.budget.Live(int64(len(payload))); err != nil {
			return err
		}
	default:
		return fmt.Errorf("compressed with %q", packed[0])
	}
	m, err := value{partKind, payload}.items()
	if err != nil {
		return err
	}
	return d.run(m, objects)
}

// sign adds the signatures: those of the delta, which are over the super block, and
// those of the commit that it brings along.
func (d *delta) sign(signed map[string]value, length int) error {
	add := func(found []format.Signature, name string, at int64, covers format.Span, through []format.Span) {
		for _, s := range found {
			s.Name, s.Offset = name, at
			s.Covers, s.Through = []format.Span{covers}, through
			s.Leave(int64(length))
			d.opened.Signatures = append(d.opened.Signatures, s)
		}
	}
	found, err := signatures(d.ctx, signed, d.raw)
	if err != nil {
		d.hurt(-d.base, "%v", err)
	}
	add(found, "of the delta", d.base+int64(len(d.raw)), format.Span{Offset: d.base, Length: int64(len(d.raw))}, nil)
	for _, key := range d.super.order {
		v := d.super.about[key]
		if !strings.HasSuffix(key, "/commitmeta") || v.kind != "a{sv}" {
			continue
		}
		found, err := Signatures(d.ctx, v.data, d.super.commit)
		if err != nil {
			d.hurt(at(d.raw, v.data), "%v", err)
		}
		var through []format.Span
		if d.whole() {
			through = d.inside
		}
		for i := range found {
			found[i].Length = int64(len(v.data))
		}
		add(found, "of the commit", d.base+at(d.raw, v.data), format.Span{Offset: d.base + at(d.raw, d.super.commit), Length: int64(len(d.super.commit))}, through)
	}
	return nil
}

// number takes an integer in base 128, least digits first.
func varint(b []byte) (n uint64, rest []byte, err error) {
	n, size := binary.Uvarint(b)
	if size <= 0 {
		return 0, nil, errVariant
	}
	return n, b[size:], nil
}
