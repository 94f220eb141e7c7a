// Package suit reads envelopes of the IETF's Software Updates for Internet of
// Things: a manifest, who vouches for it, and payloads.
//
// The architecture and information model are RFC 9019 and RFC 9124, the encoding is
// draft-ietf-suit-manifest-34, which gives the envelope the CBOR tag 107. Members
// that were severed from the manifest are compared with their digests in it, and
// payloads inside of the envelope with the digests that the manifest's commands
// give for their components. COSE (RFC 9052) signatures are parsed; a MAC is no
// signature. Commands are looked at for digests and places, not carried out.
// Encrypted payloads stay as they are.
package suit

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/assay-iot/assay/firmware/cbor"
	"github.com/assay-iot/assay/firmware/format"
)

// Format is the SUIT envelope.
var Format = &format.Format{Name: suitName, Magics: magics(), Anywhere: true, Probe: probe, Open: open, Torn: torn}

const (
	suitName    = "suit"
	maxMember   = 1 << 20 // bytes of the manifest, or of what vouches for it
	maxMembers  = 256
	maxKey      = 1024
	keyAuth     = 2
	keyManifest = 3
)

// magics are the tag, the head of a map of 2 to 15 members, and the first key.
func magics() (m []format.Magic) {
	for n := byte(2); n <= 15; n++ {
		m = append(m, format.Magic{Bytes: string([]byte{0xd8, 0x6b, 0xa0 | n, keyAuth})})
	}
	return m
}

// member is an entry of the envelope.
type member struct {
	key  int64
	name string      // of a payload
	all  format.Span // with the head
	data format.Span
}

// reader is the work on one envelope.
type reader struct {
	ctx      context.Context
	in       format.Input
	o        *format.Opened
	members  []member
	end      int64
	problem  string // that every signature has
	compared map[string]bool
	fetched  map[string]bool // payloads that the commands name
	doubt    string          // of what is installed
}

func probe(in format.Input) format.Likeness {
	r := &reader{in: in}
	h := in.Head(4)
	if len(h) < 4 || h[0] != 0xd8 || h[1] != 0x6b {
		return format.No
	}
	if _, err := r.member(3); err != nil {
		return format.No
	}
	return format.Sure
}

// torn is an envelope whose first member cannot be read.
func torn(in format.Input) error {
	_, err := (&reader{in: in}).member(3)
	return err
}

func open(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	r := &reader{ctx: ctx, in: in, compared: map[string]bool{}, fetched: map[string]bool{}, o: &format.Opened{Attributes: map[string]string{}}}
	if err := r.walk(); err != nil {
		return nil, err
	}
	r.o.Length = r.end
	auth, manifest, err := r.heads()
	if err != nil {
		return nil, err
	}
	if err := r.manifest(manifest); err != nil {
		return nil, err
	}
	if err := r.vouched(auth, manifest); err != nil {
		return nil, err
	}
	r.parts()
	return r.o, nil
}

// walk finds the members of the envelope.
func (r *reader) walk() error {
	const tag = 2 // bytes of the tag
	kind, n, size, err := cbor.ReadHead(r.in.Peek(tag, 9))
	if err != nil || kind != cbor.Map || n > maxMembers {
		return format.Errorf(tag, "no map of up to %d members", maxMembers)
	}
	r.end = tag + int64(size)
	seen := map[string]bool{}
	for range n {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		m, err := r.member(r.end)
		if err != nil {
			return err
		}
		key := fmt.Sprint(m.key, m.name)
		if seen[key] {
			r.broken(format.Errorf(r.end, "member %s is there twice", m.title()), m.all)
		}
		seen[key] = true
		r.members = append(r.members, m)
		r.end = m.all.Offset + m.all.Length
	}
	return nil
}

// member reads a key, and where its value stands, which is a byte string.
func (r *reader) member(at int64) (m member, err error) {
	key, err := cbor.Prefix(r.in.Peek(at, maxKey))
	if err != nil {
		return m, format.Errorf(at, "key of a member: %w", err)
	}
	if key.Kind == cbor.Text {
		m.name = string(key.Bytes)
	} else if m.key, _ = key.Int(); m.key <= 0 {
		return m, format.Errorf(at, "the key of a member is neither a number nor text")
	}
	at += int64(key.End)
	kind, n, size, err := cbor.ReadHead(r.in.Peek(at, 9))
	if err != nil {
		return m, format.Errorf(at, "member %s: %w", m.title(), err)
	}
	m.data.Offset = at + int64(size)
	if kind != cbor.Bytes || n > uint64(max(r.in.Size-m.data.Offset, 0)) {
		return m, format.Errorf(at, "member %s is no byte string of the input", m.title())
	}
	m.data.Length = int64(n)
	m.all = format.Span{Offset: at, Length: int64(size) + int64(n)}
	return m, nil
}

func (m *member) title() string {
	if m.name != "" {
		return strconv.Quote(m.name)
	}
	return strconv.FormatInt(m.key, 10)
}

func (r *reader) broken(err error, at format.Span) {
	r.o.Damage = append(r.o.Damage, format.Damage{Offset: at.Offset, Length: at.Length, Reason: err.Error()})
	if r.problem == "" {
		r.problem = err.Error()
	}
}

// heads finds the two members that every envelope has.
func (r *reader) heads() (auth, manifest member, err error) {
	for _, m := range r.members {
		switch {
		case m.name != "" || m.key != keyAuth && m.key != keyManifest:
			continue
		case m.data.Length > maxMember:
			return auth, manifest, format.Errorf(m.all.Offset, "member %s of %d bytes: %w", m.title(), m.data.Length, format.ErrLimit)
		case m.key == keyAuth:
			auth = m
		default:
			manifest = m
		}
	}
	if auth.key == 0 || manifest.key == 0 {
		return auth, manifest, format.Errorf(0, "no manifest, or nothing that vouches for it")
	}
	return auth, manifest, nil
}

// decode decodes the content of a member.
func (r *reader) decode(m member) (cbor.Item, error) {
	raw, err := r.in.Bytes(m.data.Offset, m.data.Length)
	if err != nil {
		return cbor.Item{}, err
	}
	item, err := cbor.Decode(raw)
	if err != nil {
		return item, format.Errorf(m.data.Offset, "member %s: %w", m.title(), err)
	}
	return item, nil
}

// parts are the payloads.
func (r *reader) parts() {
	for i, m := range r.members {
		if m.name != "" && m.data.Length > 0 {
			r.o.Parts = append(r.o.Parts, format.Part{Name: fmt.Sprintf("payload-%d", i), Offset: m.data.Offset, Length: m.data.Length, Role: format.Code})
			r.o.Attributes[fmt.Sprintf("payload-%d", i)] = m.name
		}
	}
}

// readable gives text as it is, and other bytes in hexadecimal.
func readable(b []byte) string {
	if len(b) > 0 && utf8.Valid(b) && bytes.IndexFunc(b, func(c rune) bool { return c < ' ' || c == 0x7f }) < 0 {
		return string(b)
	}
	return fmt.Sprintf("%x", b)
}
