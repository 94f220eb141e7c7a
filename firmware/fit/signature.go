package fit

import (
	"cmp"
	"context"
	"crypto"
	"encoding/asn1"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware/fdt"
	"github.com/assay-iot/assay/firmware/format"
)

const (
	maxSignatures = 64      // that are computed
	maxValue      = 4 << 10 // bytes of a signature
	maxNodes      = 1024    // in the list of one signature
)

var signing = map[string]struct {
	hash  crypto.Hash
	names [3]string // RSA with PKCS #1 v1.5, RSA with PSS, ECDSA
}{
	"sha1":   {crypto.SHA1, [3]string{format.RSASHA1, "RSA-PSS-SHA1", "ECDSA-SHA1"}},
	"sha256": {crypto.SHA256, [3]string{format.RSASHA256, format.RSAPSSSHA256, format.ECDSASHA256}},
	"sha384": {crypto.SHA384, [3]string{format.RSASHA384, format.RSAPSSSHA384, format.ECDSASHA384}},
	"sha512": {crypto.SHA512, [3]string{format.RSASHA512, format.RSAPSSSHA512, format.ECDSASHA512}},
}

// keys are the kinds of keys and the bytes of their signatures.
var keys = map[string]int{
	"rsa1024": 128, "rsa2048": 256, "rsa3072": 384, "rsa4096": 512,
	"ecdsa256": 64, "ecdsa384": 96, "secp521r1": 132,
}

// signed reads a signature node: everything but what it is over.
func signed(name string, n *fdt.Node) (s format.Signature, h crypto.Hash) {
	s = format.Signature{Kind: "fit", Name: name, Offset: n.Offset, KeyName: n.Text("key-name-hint"), Algorithm: n.Text("algo")}
	hash, key, _ := strings.Cut(s.Algorithm, ",")
	size, known := keys[key]
	use, hashed := signing[hash]
	value, stated := n.Property("value")
	switch {
	case !known || !hashed:
		s.Problem = fmt.Sprintf("algorithm %q is not known", s.Algorithm)
	case !stated:
		s.Problem = "the signature has no value"
	case value.Value.Size != int64(size):
		s.Problem = fmt.Sprintf("a signature of %d bytes, %s has %d", value.Value.Size, key, size)
	}
	if stated {
		s.Offset, s.Length = value.Offset, value.Value.Size
		s.Value = value.Value.Head(maxValue)
	}
	if !hashed {
		return s, crypto.SHA256
	}
	switch padding := n.Text("padding"); {
	case !strings.HasPrefix(key, "rsa"):
		s.Algorithm = use.names[2]
		half := len(s.Value) / 2
		// Two numbers that marshal always do.
		s.Value, _ = asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(s.Value[:half]), new(big.Int).SetBytes(s.Value[half:])})
	case padding == "pss":
		s.Algorithm = use.names[1]
	case padding == "" || padding == "pkcs-1.5":
		s.Algorithm = use.names[0]
	default:
		s.Algorithm, s.Problem = key, fmt.Sprintf("padding %q is not known", padding)
	}
	return s, use.hash
}

func (r *reader) add(s format.Signature) { r.opened.Signatures = append(r.opened.Signatures, s) }

// room reports whether one more signature is computed.
func (r *reader) room(n *fdt.Node) bool {
	if len(r.opened.Signatures) == maxSignatures {
		r.damage(n.Offset, 0, "more than %d signatures", maxSignatures)
	}
	return len(r.opened.Signatures) < maxSignatures
}

// imageSignature is over the data of one image, and nothing that the tree says
// of it.
func (r *reader) imageSignature(ctx context.Context, image, n *fdt.Node, data format.Span) error {
	if !r.room(n) {
		return nil
	}
	s, h := signed("images/"+image.Name+"/"+n.Name, n)
	data.Length = min(data.Length, max(0, r.in.Size-data.Offset))
	if r.toSign -= data.Length; r.toSign < 0 {
		s.Problem = "images overlap: what it is over is not looked at"
		r.add(s)
		return nil
	}
	if data.Length > 0 {
		if err := s.Cover(ctx, r.in, []format.Span{data}, h); err != nil {
			return err
		}
	}
	r.add(s)
	return nil
}

// configurationSignature is over the nodes of the tree that it lists.
func (r *reader) configurationSignature(ctx context.Context, configuration, n *fdt.Node) error {
	if !r.room(n) {
		return nil
	}
	s, h := signed("configurations/"+configuration.Name+"/"+n.Name, n)
	nodes := n.Strings("hashed-nodes")
	switch {
	case len(nodes) == 0 && s.Problem == "":
		s.Problem = "the signature lists no nodes that it is over"
	case len(nodes) > maxNodes:
		s.Problem = "the signature lists too many nodes"
		nodes = nil
	case s.Problem == "" && (!slices.Contains(nodes, "/") || !slices.Contains(nodes, "/configurations/"+configuration.Name)):
		s.Problem = "the signature is not over its own configuration"
	}
	if len(nodes) == 0 {
		r.add(s)
		return nil
	}
	spans, err := r.regions(nodes)
	if err != nil {
		return err
	}
	names, ok := r.names(n)
	if !ok && s.Problem == "" {
		s.Problem = "the signature does not say how many of the names it is over"
	}
	if names.Length > 0 {
		spans = append(spans, names)
	}
	for _, path := range nodes {
		if data, ok := r.holds[path]; ok {
			s.Through = append(s.Through, data)
		}
	}
	if err := s.Cover(ctx, r.in, spans, h); err != nil {
		return err
	}
	r.add(s)
	return nil
}

// holds reports whether one of the spans is the data of an image.
func holds(all []format.Span, data format.Span) bool {
	return slices.ContainsFunc(all, func(s format.Span) bool { return s.Offset == data.Offset && s.Length == data.Length })
}

// names is the run of the names of properties that a signature is over.
func (r *reader) names(n *fdt.Node) (format.Span, bool) {
	all := r.tree.Strings()
	both, ok := n.Number("hashed-strings")
	if size := int64(both & 0xffffffff); ok && both>>32 == 0 && size <= all.Length {
		return format.Span{Offset: all.Offset, Length: size}, true
	}
	return format.Span{}, false
}

// leave lists what each signature leaves out: data of images and configurations by
// their names, and the rest. An image that none is over can be started: by a
// configuration, or by its name from the boot loader's prompt and scripts.
func (r *reader) leave() {
	var all []format.Span
	for _, s := range r.opened.Signatures {
		all = append(append(all, s.Covers...), s.Through...)
	}
	for i := range r.opened.Signatures {
		s := &r.opened.Signatures[i]
		taken := append([]format.Span{{Offset: s.Offset, Length: s.Length}}, s.Covers...)
		taken = append(taken, s.Through...)
		for _, d := range r.images {
			if !holds(taken, d) && d.Length > 0 && d.Length <= r.opened.Length-d.Offset {
				d.Used = !holds(all, d)
				s.Leaves = append(s.Leaves, d)
			}
		}
		s.Leaves = append(s.Leaves, r.loose...)
		s.Leaves = append(s.Leaves, format.Gaps(r.opened.Length, append(taken, s.Leaves...))...)
		slices.SortFunc(s.Leaves, func(a, b format.Span) int { return cmp.Compare(a.Offset, b.Offset) })
	}
}
