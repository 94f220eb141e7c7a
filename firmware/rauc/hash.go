package rauc

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/squashfs"
	"github.com/assay-iot/assay/firmware/verity"
)

const (
	block    = 4096
	maxFiles = 1 << 16
)

func (u *bundle) damage(off, length int64, f string, args ...any) {
	u.opened.Damage = append(u.opened.Damage, format.Damage{Offset: off, Length: length, Reason: fmt.Sprintf(f, args...)})
}

// tree compares the hash tree behind the payload, and the root hash in the
// manifest, with the payload.
func (u *bundle) tree(ctx context.Context) error {
	h := format.Hash{Name: "root hash of the payload", Algorithm: "dm-verity sha256", Span: format.Span{Length: u.payload}}
	defer func() { u.opened.Hashes = append(u.opened.Hashes, h) }()
	want, salt, size, err := u.verity()
	if err != nil {
		h.Problem = err.Error()
		return nil
	}
	u.payload -= size
	h.Span.Length = u.payload
	tree := verity.Tree{Hash: crypto.SHA256, Salt: salt, DataBlock: block, HashBlock: block}
	root, levels, err := tree.Root(ctx, u.in.Section(0, u.payload))
	if err != nil {
		h.Problem = err.Error()
		return ctx.Err()
	}
	if h.OK = bytes.Equal(root, want); h.OK {
		u.sign.Through = []format.Span{h.Span}
	}
	stored, err := u.in.Bytes(u.payload, size)
	if err != nil {
		return err
	}
	same := bytes.Equal(levels, stored)
	u.opened.Hashes = append(u.opened.Hashes, format.Hash{
		Name: "hash tree", Algorithm: "dm-verity sha256", Span: format.Span{Offset: u.payload, Length: size}, OK: same,
	})
	if same {
		if h.OK {
			u.sign.Through[0].Length += size // nothing else could stand there
		}
		return nil
	}
	u.damage(u.payload, size, "the hash tree is not that of the payload")
	return nil
}

// verity reads what the manifest says of the tree.
func (u *bundle) verity() (root, salt []byte, size int64, err error) {
	get := func(key string) string { return u.manifest.get("bundle", "verity-"+key) }
	root, err = hex.DecodeString(get("hash"))
	if err == nil {
		salt, err = hex.DecodeString(get("salt"))
	}
	if err == nil {
		size, err = strconv.ParseInt(get("size"), 10, 64)
	}
	if err != nil || len(root) != sha256.Size || size < 0 || size%block != 0 || size > u.payload-block {
		return nil, nil, 0, errors.New("the manifest does not say how the payload is hashed")
	}
	return root, salt, size, nil
}

// images compares the images in the payload with the manifest, which a plain
// bundle has in the payload itself.
func (u *bundle) images(ctx context.Context, b *format.Budget, in format.Input) error {
	own := format.NewBudget(maxFiles, b.FileBytes*4, b.FileBytes, b.Ratio)
	o, err := squashfs.Format.Open(ctx, in, own)
	if err != nil {
		if u.manifest == nil {
			u.damage(0, u.payload, "no manifest can be read: %v", err)
		}
		return ctx.Err()
	}
	p := payload{tree: o.Tree, budget: own, files: map[string]int{}}
	for i, e := range o.Tree.Entries() {
		p.files[strings.TrimPrefix(e.Name, "./")] = i
	}
	if u.manifest == nil {
		text, err := p.read(manifest)
		if err != nil || len(text) > maxManifest {
			u.damage(0, u.payload, "no manifest: %v", err)
			return nil
		}
		u.manifest = parse(text)
		if f := u.manifest.get("bundle", "format"); f != "" && f != "plain" {
			u.sign.Problem = "the manifest inside says that the bundle is " + f + ", and the message does not hold it"
		}
	}
	for _, section := range u.manifest.images() {
		if err := ctx.Err(); err != nil {
			return err
		}
		u.image(&p, section)
	}
	return nil
}

// payload is the squashfs of a bundle.
type payload struct {
	tree   format.Tree
	budget *format.Budget
	files  map[string]int
}

func (p *payload) read(name string) ([]byte, error) {
	i, ok := p.files[name]
	if !ok {
		return nil, fmt.Errorf("%s is not in the payload", name)
	}
	e := p.tree.Entries()[i]
	if e.Err != nil || !e.Mode.IsRegular() {
		return nil, errors.Join(fmt.Errorf("%s cannot be read", name), e.Err)
	}
	if err := p.budget.File(e.Size); err != nil {
		return nil, err
	}
	return p.tree.Read(e.Inode)
}

// image compares one image.
func (u *bundle) image(p *payload, section string) {
	name := u.manifest.get(section, "filename")
	want := u.manifest.get(section, "sha256")
	if name == "" && want == "" {
		return // a slot for which there is nothing to do
	}
	h := format.Hash{Name: name, Algorithm: "sha256", Span: format.Span{Path: name}}
	content, err := p.read(name)
	switch {
	case want == "":
		h.Problem = "the manifest has no hash of it"
	case err != nil:
		h.Problem = err.Error()
	default:
		sum := sha256.Sum256(content)
		h.Span.Length = int64(len(content))
		h.OK = strings.EqualFold(want, hex.EncodeToString(sum[:]))
		if size := u.manifest.get(section, "size"); size != "" && size != strconv.Itoa(len(content)) {
			h.OK, h.Problem = false, "the manifest says that it has "+size+" bytes"
		}
	}
	u.opened.Hashes = append(u.opened.Hashes, h)
}
