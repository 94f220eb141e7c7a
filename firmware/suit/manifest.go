package suit

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
	"maps"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware/cbor"
	"github.com/assay-iot/assay/firmware/format"
)

// Keys of the manifest.
const (
	manifestVersion  = 1
	manifestSequence = 2
	manifestCommon   = 3
	manifestURI      = 4
	commonComponents = 2
	commonShared     = 4
	firstSequence    = 7 // sequences of commands have keys from here on
)

// Commands and parameters that say what a payload must be.
const (
	commandComponent  = 12
	commandTryEach    = 15
	commandParameters = 19
	commandOverride   = 20
	commandRun        = 32
	parameterDigest   = 3
	parameterSize     = 14
	parameterURI      = 21

	maxSequences = 4096
)

// digest is a SUIT_Digest.
type digest struct {
	algorithm string
	make      func() hash.Hash // nil if it is not known
	sum       []byte
}

// readDigest reads an array of an algorithm of COSE and bytes.
func readDigest(i cbor.Item) (d digest, ok bool) {
	if i.Kind != cbor.Array || len(i.Items) != 2 || i.Items[1].Kind != cbor.Bytes {
		return d, false
	}
	id, ok := i.Items[0].Int()
	d = digest{sum: i.Items[1].Bytes}
	switch id {
	case -16:
		d.algorithm, d.make = "sha256", sha256.New
	case -43:
		d.algorithm, d.make = "sha384", sha512.New384
	case -44:
		d.algorithm, d.make = "sha512", sha512.New
	default:
		d.algorithm = fmt.Sprint(id)
	}
	return d, ok
}

// compare compares a digest with a run of the envelope.
func (r *reader) compare(name string, d digest, with format.Span) error {
	h := format.Hash{Name: name, Algorithm: d.algorithm, Span: with}
	if d.make == nil {
		h.Problem = "a digest of an unknown kind"
	} else {
		sum := d.make()
		if err := format.Sum(r.ctx, sum, r.in, with); err != nil {
			return err
		}
		h.OK = bytes.Equal(sum.Sum(nil), d.sum)
	}
	r.o.Hashes = append(r.o.Hashes, h)
	return nil
}

// manifest reads the manifest and compares what it has digests of.
func (r *reader) manifest(m member) error {
	item, err := r.decode(m)
	if err != nil {
		r.broken(err, m.all)
		return nil
	}
	if v, ok := item.Get(manifestVersion); ok {
		r.o.Attributes["manifest-version"] = fmt.Sprint(v.Number)
	}
	if v, ok := item.Get(manifestSequence); ok && v.Kind == cbor.Uint {
		r.o.Attributes["sequence-number"] = fmt.Sprint(v.Number)
	} else {
		r.broken(format.Errorf(m.data.Offset, "the manifest has no sequence number"), format.Span{})
	}
	if v, ok := item.Get(manifestURI); ok && v.Kind == cbor.Text {
		r.o.Attributes["reference"] = string(v.Bytes)
	}
	c := &commands{digests: map[int][]digest{}, sizes: map[int][]uint64{}, uris: map[string][]int{}, budget: maxSequences}
	if v, ok := item.Get(manifestCommon); ok && v.Kind == cbor.Bytes {
		r.common(v.Bytes, c)
	}
	if err := r.sequences(item, c); err != nil {
		return err
	}
	return r.payloads(c)
}

// common reads the components and the commands for all of them.
func (r *reader) common(raw []byte, c *commands) {
	common, err := cbor.Decode(raw)
	if err != nil {
		return
	}
	if v, ok := common.Get(commonComponents); ok && v.Kind == cbor.Array {
		var names []string
		for _, id := range v.Items {
			var parts []string
			for _, p := range id.Items {
				parts = append(parts, readable(p.Bytes))
			}
			names = append(names, strings.Join(parts, "/"))
		}
		r.o.Attributes["components"] = strings.Join(names, ", ")
		c.components = len(names)
	}
	if v, ok := common.Get(commonShared); ok {
		c.read(v.Bytes)
	}
}

// sequences reads the sequences of commands, in the manifest or severed from it.
func (r *reader) sequences(manifest cbor.Item, c *commands) error {
	for k := 0; k+1 < len(manifest.Items); k += 2 {
		key, ok := manifest.Items[k].Int()
		value := manifest.Items[k+1]
		switch {
		case !ok || key < firstSequence:
		case value.Kind == cbor.Bytes:
			c.read(value.Bytes)
		default:
			if err := r.severed(key, value, c); err != nil {
				return err
			}
		}
	}
	return nil
}

// severed compares a member that the manifest has only a digest of.
func (r *reader) severed(key int64, value cbor.Item, c *commands) error {
	d, ok := readDigest(value)
	i := slices.IndexFunc(r.members, func(m member) bool { return m.name == "" && m.key == key })
	if !ok || i < 0 {
		return nil // it may come another way
	}
	m := r.members[i]
	if err := r.compare("member "+m.title(), d, m.all); err != nil || !r.last().OK {
		return err
	}
	r.compared[m.title()] = true
	if m.data.Length <= maxMember {
		raw, err := r.in.Bytes(m.data.Offset, m.data.Length)
		if err != nil {
			return err
		}
		c.read(raw)
	}
	return nil
}

func (r *reader) last() format.Hash { return r.o.Hashes[len(r.o.Hashes)-1] }

// payloads compares the payloads with the digests of the components that they are
// for.
func (r *reader) payloads(c *commands) error {
	there := map[string]bool{}
	for _, m := range r.members {
		there[m.name] = true
	}
	for _, uri := range slices.Sorted(maps.Keys(c.uris)) {
		if r.fetched[uri] = true; strings.HasPrefix(uri, "#") && !there[uri] {
			r.doubts(fmt.Sprintf("the manifest takes the payload %q from the envelope, which has none", uri))
		}
	}
	for _, m := range r.members {
		if m.name == "" {
			continue
		}
		var want []digest
		for _, component := range c.uris[m.name] {
			want = append(want, c.digests[component]...)
			for _, n := range c.sizes[component] {
				if n != uint64(m.data.Length) {
					r.doubts(fmt.Sprintf("the manifest says that %q has %d bytes, and it has %d", m.name, n, m.data.Length))
				}
			}
		}
		if len(want) != 1 {
			r.o.Hashes = append(r.o.Hashes, format.Hash{Name: m.name, Span: m.data, Problem: fmt.Sprintf("the manifest's commands give %d digests for it", len(want))})
			continue
		}
		if err := r.compare(m.name, want[0], m.data); err != nil {
			return err
		}
		r.compared[m.title()] = r.last().OK
	}
	return nil
}

// doubts notes the first reason why what is installed is not what was signed.
func (r *reader) doubts(reason string) {
	if r.doubt == "" {
		r.doubt = reason
	}
}

// commands is what sequences of commands say of digests and places.
type commands struct {
	components int
	current    []int
	digests    map[int][]digest
	sizes      map[int][]uint64
	uris       map[string][]int // which components come from there
	budget     int
}

// read looks at a sequence of commands and their arguments.
func (c *commands) read(raw []byte) {
	if c.current == nil {
		c.current = []int{0}
	}
	if c.budget--; c.budget < 0 {
		return
	}
	sequence, err := cbor.Decode(raw)
	if err != nil || sequence.Kind != cbor.Array {
		return
	}
	for k := 0; k+1 < len(sequence.Items); k += 2 {
		command, _ := sequence.Items[k].Int()
		argument := sequence.Items[k+1]
		switch command {
		case commandComponent:
			c.choose(argument)
		case commandTryEach:
			for _, one := range argument.Items {
				c.read(one.Bytes)
			}
		case commandRun:
			c.read(argument.Bytes)
		case commandParameters, commandOverride:
			c.parameters(argument)
		}
	}
}

// choose takes the components that commands are about from here on.
func (c *commands) choose(i cbor.Item) {
	c.current = c.current[:0]
	switch n, ok := i.Int(); {
	case ok:
		c.current = append(c.current, int(n))
	case i.Kind == cbor.Simple && i.Number == cbor.True:
		for n := range c.components {
			c.current = append(c.current, n)
		}
	}
	for _, one := range i.Items {
		if n, ok := one.Int(); ok {
			c.current = append(c.current, int(n))
		}
	}
}

func (c *commands) parameters(i cbor.Item) {
	if v, ok := i.Get(parameterDigest); ok && v.Kind == cbor.Bytes {
		item, err := cbor.Decode(v.Bytes)
		if d, ok := readDigest(item); err == nil && ok {
			for _, n := range c.current {
				if !slices.ContainsFunc(c.digests[n], func(e digest) bool { return e.algorithm == d.algorithm && bytes.Equal(e.sum, d.sum) }) {
					c.digests[n] = append(c.digests[n], d)
				}
			}
		}
	}
	if v, ok := i.Get(parameterSize); ok && v.Kind == cbor.Uint {
		for _, n := range c.current {
			if !slices.Contains(c.sizes[n], v.Number) {
				c.sizes[n] = append(c.sizes[n], v.Number)
			}
		}
	}
	if v, ok := i.Get(parameterURI); ok && v.Kind == cbor.Text {
		for _, n := range c.current {
			if uri := string(v.Bytes); !slices.Contains(c.uris[uri], n) {
				c.uris[uri] = append(c.uris[uri], n)
			}
		}
	}
}
