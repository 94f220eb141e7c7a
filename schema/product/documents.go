package product

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/assay-iot/assay"
)

// Limits on the documents that a product names.
const (
	MaxDocumentBytes  = 64 << 20  // bytes of one document
	MaxDocumentsBytes = 256 << 20 // bytes of all documents together
)

// named lists the files that the product names, firmware images aside.
func (p *Product) named() []string {
	var names []string
	for _, fw := range p.Firmwares {
		names = append(names, fw.Signature, fw.SBOM, fw.Provenance)
		names = append(names, fw.VEX...)
	}
	for _, c := range p.Connections {
		names = append(names, c.Trusts...)
	}
	if p.Risk != nil {
		names = append(names, p.Risk.File)
	}
	for _, e := range p.Evidence {
		names = append(names, e.File)
	}
	return names
}

// documentsOf gives the files that the product names, and those that file() has
// read. What could not be read says why.
func (s *scope) documentsOf(p *Product) map[string]Document {
	docs := map[string]Document{}
	for name, data := range s.read {
		docs[name] = document(name, data)
	}
	for _, name := range p.named() {
		if name != "" {
			docs[name] = s.document(name)
		}
	}
	return docs
}

// document reads a file that the product names, once.
func (s *scope) document(name string) Document {
	if d, done := s.documents[name]; done {
		return d
	}
	data, err := readInside(s.root, name, min(s.left, MaxDocumentBytes))
	d := document(name, data)
	if err != nil {
		if s.left < MaxDocumentBytes && !errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%w; all documents together may have %s", err, size(MaxDocumentsBytes))
		}
		d = Document{Path: name, Err: fmt.Errorf("%s: %w", name, err)}
	}
	s.left -= int64(len(data))
	s.documents[name] = d
	return d
}

func document(name string, data []byte) Document {
	return Document{Path: name, Digest: assay.SHA256(sha256.Sum256(data)), Data: data}
}

// digestOf names the product files: the SHA-256 over, for each file in the order
// of the names, the length of its name, its name, the length of its content and
// its content; lengths are eight bytes, most significant first.
func digestOf(sources []source) assay.Digest {
	h := sha256.New()
	for _, s := range sources {
		for _, part := range [][]byte{[]byte(s.name), s.src} {
			_ = binary.Write(h, binary.BigEndian, uint64(len(part)))
			h.Write(part)
		}
	}
	return assay.SHA256([32]byte(h.Sum(nil)))
}

// ImagePath is where a firmware's image lies: a file or folder inside the
// product's folder, also after its links are followed.
func (p *Product) ImagePath(fw *Firmware) (string, error) {
	if fw.Image == "" {
		return "", fmt.Errorf("firmware %q names no image", fw.ID)
	}
	root, err := os.OpenRoot(p.Dir)
	if err != nil {
		return "", err
	}
	defer root.Close()
	if _, err := root.Stat(filepath.FromSlash(fw.Image)); err != nil {
		return "", fmt.Errorf("%s: %w", fw.Image, plain(err))
	}
	return filepath.Join(p.Dir, filepath.FromSlash(fw.Image)), nil
}
