package fit

import (
	"bytes"
	"context"
	"crypto/md5"  //nolint:gosec // a hash that images have
	"crypto/sha1" //nolint:gosec // a hash that images have
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"hash/crc32"
	"strings"

	"github.com/assay-iot/assay/firmware/fdt"
	"github.com/assay-iot/assay/firmware/format"
)

// maxHashes is how many hashes of one image are computed.
const maxHashes = 8

var algorithms = map[string]func() hash.Hash{
	"crc32": func() hash.Hash { return crc32.NewIEEE() }, "md5": md5.New, "sha1": sha1.New,
	"sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New,
}

// check is a hash that is being computed.
type check struct {
	hash.Hash
	key, algorithm string
	name           string
	want           []byte
}

// hashes compares the hashes of an image with its data.
func (r *reader) hashes(ctx context.Context, key string, n *fdt.Node, data format.Span, whole bool) error {
	var checks []check
	for _, c := range n.Children {
		if !strings.HasPrefix(c.Name, "hash") {
			continue
		}
		algorithm := c.Text("algo")
		start, known := algorithms[algorithm]
		value, stated := c.Property("value")
		_, ignored := c.Property("uboot-ignore")
		if !known || !stated || ignored || !whole || len(checks) == maxHashes {
			r.attribute(key+"/"+c.Name, algorithm+" not checked")
			continue
		}
		checks = append(checks, check{start(), key + "/" + c.Name, algorithm, c.Name, value.Value.Head(sha512.Size)})
	}
	if len(checks) == 0 {
		return nil
	}
	if r.unread -= data.Length; r.unread < 0 {
		r.damage(data.Offset, data.Length, "images overlap: the hashes of %q are not checked", n.Name)
		return nil
	}
	if err := feed(ctx, r.in.Section(data.Offset, data.Length), checks); err != nil {
		return err
	}
	for _, c := range checks {
		ok := bytes.Equal(c.Sum(nil), c.want)
		r.opened.Hashes = append(r.opened.Hashes, format.Hash{Name: n.Name + "/" + c.name, Algorithm: c.algorithm, Span: data, OK: ok})
		if ok {
			r.attribute(c.key, c.algorithm+" verified")
			if strings.HasPrefix(c.algorithm, "sha") {
				r.holds["/"+c.key] = data
			}
			continue
		}
		r.attribute(c.key, c.algorithm+" differs")
		r.damage(data.Offset, data.Length, "%s of image %q differs", c.algorithm, n.Name)
	}
	return nil
}

// feed reads data once for all checks.
func feed(ctx context.Context, in format.Input, checks []check) error {
	const piece = 64 << 10
	for off := int64(0); off < in.Size; off += piece {
		if err := ctx.Err(); err != nil {
			return err
		}
		b, err := in.Bytes(off, min(piece, in.Size-off))
		if err != nil {
			return err
		}
		for _, c := range checks {
			_, _ = c.Write(b)
		}
	}
	return nil
}
