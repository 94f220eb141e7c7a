package firmware

import (
	"bytes"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/ordinary"
)

// minMember is the least size of a member of an archive in which containers are
// looked for at every byte.
const minMember = 4 << 10

// isRoot reports whether a container is the root file system of a device, and
// not an archive of parts: it has two of the folders that every Unix root has.
func isRoot(k *Container) bool {
	n := 0
	for _, dir := range []string{"etc", "bin", "sbin", "usr", "lib", "dev", "proc"} {
		if f := k.files[dir]; f != nil && (f.Kind == Directory || f.Kind == Symlink) {
			n++
		}
	}
	return n >= 2
}

// worth reports whether a file is opened as an image of its own. In a root file
// system only what holds files or a boot image is; what is one compressed file was
// seen by unpack. In any other container the members are looked into.
// The head is all of a file, or the first bytes of one that is too long for memory.
func (w *walker) worth(in format.Input, head []byte) bool {
	if !w.root {
		return len(w.matcher.starts(in)) > 0 || len(head) >= minMember && !isKnown(head)
	}
	var others []*format.Format
	for _, f := range w.matcher.begun(in) {
		switch {
		case library[f.Name] && !isPackage(head):
		case f.Peek == nil:
			others = append(others, f)
		case f.Probe(in) != format.No:
			return w.holds(f.Peek(in)) || in.Size > w.opts.Limits.FileBytes // and so of what else begins as this stream does
		}
	}
	return slices.ContainsFunc(others, func(f *format.Format) bool { return f.Probe(in) != format.No })
}

// library are the containers that a root file system holds to use them as they
// are: a static library, a program.
var library = map[string]bool{"ar": true, "elf": true}

// isPackage reports whether an archive is a package of dpkg (deb(5)) and no library: in
// a root file system it is to be installed, or was left there.
func isPackage(head []byte) bool { return bytes.HasPrefix(head, []byte("!<arch>\ndebian-binary")) }

// keyBegins are how a private key begins: in PEM, and in DER as its version within a
// sequence whose length takes one to three bytes.
var keyBegins = [][]byte{[]byte("PRIVATE KEY-----"), {0x02, 0x01, 0x00, 0x02}, {0x02, 0x01, 0x00, 0x30}, {0x02, 0x01, 0x01, 0x04}}

// isKeyHead reports whether the first bytes of a stream may be those of a private key.
func isKeyHead(head []byte) bool {
	if bytes.Contains(head, keyBegins[0]) {
		return true
	}
	return head[0] == 0x30 && slices.ContainsFunc(keyBegins[1:], func(b []byte) bool {
		return bytes.Contains(head[:min(len(head), 8)], b)
	})
}

// isConfigHead reports whether the first bytes of a stream are those of a kernel's
// configuration, or of the module that holds it.
func isConfigHead(head []byte) bool {
	return bytes.Contains(head, []byte(" Kernel Configuration\n")) || bytes.Contains(head, []byte("IKCFG_ST"))
}

// isBareKernel reports whether the first bytes of a stream are the header of a
// kernel as it is loaded: of arm64 or RISC-V (Documentation/arch in Linux).
func isBareKernel(head []byte) bool {
	const at = 56
	return len(head) >= at+4 && (string(head[at:at+4]) == "ARM\x64" || string(head[at:at+4]) == "RSC\x05")
}

// holds reports whether the first bytes of a stream are those of a container
// that is no stream itself, of a private key, of a kernel, or of its configuration.
func (w *walker) holds(head []byte) bool {
	if len(head) == 0 {
		return false
	}
	if isKeyHead(head) || isConfigHead(head) || isBareKernel(head) {
		return true
	}
	in := format.InMemory(head)
	return slices.ContainsFunc(w.matcher.magics(in, nil), func(n int) bool { return w.matcher.formats[n].Peek == nil })
}

// isKnown reports whether a file is text, or begins as a program, a picture or the like.
func isKnown(content []byte) bool {
	return ordinary.End(content) > 0 || isText(content[:min(len(content), 64<<10)]) || isKeyring(content) || isBytecode(content)
}

// content is what a file of a container holds, which may have been kept.
func (o *opener) content(f *File, kept format.Input) format.Input {
	if kept.ReaderAt == nil {
		content, _ := f.ReadFile() // it was read before: an error stands with the file
		return format.InMemory(content)
	}
	return kept
}
