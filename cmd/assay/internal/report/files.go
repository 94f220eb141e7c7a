package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// FilesFormat is the format id of a listing of files.
const FilesFormat = "assay.files/v1"

// Listing is the start of a listing of files, which stand in its member "files".
// It is a public format. Each file is on a line of its own, sorted by path; there
// are at most as many as an image may have entries. It is for those who have the
// image: the digest of a short secret lets it be guessed.
type Listing struct {
	Format string         `json:"format"`
	Tool   assay.Tool     `json:"tool"`
	Image  InspectedImage `json:"image"`
}

// ListedFile is one entry of an image. A member that is not there is not known,
// or means nothing for such a file.
type ListedFile struct {
	Path         string       `json:"path"`
	RawPath      []byte       `json:"raw_path,omitempty"` // Base64, of a path that is not UTF-8
	Kind         string       `json:"kind"`               // file, directory, symlink, char-device, block-device, fifo, socket, raw
	Mode         string       `json:"mode,omitempty"`     // octal, with setuid, setgid and sticky: "4755"
	UID          *uint32      `json:"uid,omitempty"`
	GID          *uint32      `json:"gid,omitempty"`
	Size         *int64       `json:"size,omitempty"`   // bytes
	Digest       assay.Digest `json:"digest,omitempty"` // of the content
	Modified     string       `json:"modified,omitempty"`
	Link         string       `json:"link,omitempty"`      // target of a symlink, as written
	HardLink     string       `json:"hard_link,omitempty"` // path of the first file with this content
	Device       *[2]uint32   `json:"device,omitempty"`    // major and minor number
	Capabilities []string     `json:"capabilities,omitempty"`

	// Xattrs are the extended attributes, as they stand there: Base64.
	Xattrs map[string][]byte `json:"xattrs,omitempty"`

	Container string `json:"container"`        // path of what holds it
	Offset    *int64 `json:"offset,omitempty"` // in the bytes around that container, of a content that lies there in one plain run
	Error     string `json:"error,omitempty"`  // why the content was not read
}

// Files writes a listing as JSON.
func Files(w io.Writer, l Listing, files []*firmware.File) error {
	head, err := oneLine(l)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%s,\"files\":[", head[:len(head)-1])
	for i, f := range files {
		if i > 0 {
			out.WriteByte(',')
		}
		line, err := oneLine(listed(f))
		if err != nil {
			return err
		}
		out.WriteByte('\n')
		out.Write(line)
	}
	out.WriteString("\n]}\n")
	return out.Flush()
}

func oneLine(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

func listed(f *firmware.File) ListedFile {
	l := ListedFile{
		Path: f.Path, Kind: f.Kind.String(), Link: f.Link, Container: f.Container.Path,
		Capabilities: f.Capabilities(), Xattrs: f.Xattrs,
	}
	if valid := strings.ToValidUTF8(f.Path, "\uFFFD"); valid != f.Path {
		l.Path, l.RawPath = valid, []byte(f.Path)
	}
	if hasModes(f) {
		l.Mode, l.UID, l.GID = fmt.Sprintf("%04o", octal(f.Mode)), &f.UID, &f.GID
	}
	if !f.ModTime.IsZero() {
		l.Modified = f.ModTime.UTC().Format(time.RFC3339)
	}
	if f.HardLink != nil {
		l.HardLink = f.HardLink.Path
	}
	switch f.Kind {
	case firmware.CharDevice, firmware.BlockDevice:
		l.Device = &[2]uint32{uint32(f.Rdev >> 32), uint32(f.Rdev)}
	case firmware.Regular, firmware.Raw:
		l.Size = &f.Size
		if f.Err == nil {
			l.Digest = assay.SHA256(f.Digest)
		}
		if f.Offset >= 0 {
			l.Offset = &f.Offset
		}
	}
	if f.Err != nil {
		l.Error = f.Err.Error()
	}
	return l
}

// hasModes says whether mode and owner of a file mean something.
func hasModes(f *firmware.File) bool { return f.Container.Modes && f.Kind != firmware.Raw }

func octal(m fs.FileMode) uint32 {
	n := uint32(m.Perm())
	for bit, flag := range map[uint32]fs.FileMode{0o4000: fs.ModeSetuid, 0o2000: fs.ModeSetgid, 0o1000: fs.ModeSticky} {
		if m&flag != 0 {
			n |= bit
		}
	}
	return n
}

// FileLines writes the paths of files, one to a line; long adds mode, owner, size,
// time and link, in columns as of "ls -ln".
func FileLines(w io.Writer, files []*firmware.File, long bool) error {
	out := bufio.NewWriter(w)
	for _, f := range files {
		if long {
			out.WriteString(columns(f))
		}
		out.WriteString(Path(f.Path))
		if long {
			out.WriteString(remark(f))
		}
		out.WriteByte('\n')
	}
	return out.Flush()
}

func columns(f *firmware.File) string {
	uid, gid, size, modified := "?", "?", fmt.Sprint(f.Size), "-"
	if hasModes(f) {
		uid, gid = fmt.Sprint(f.UID), fmt.Sprint(f.GID)
	}
	switch f.Kind {
	case firmware.CharDevice, firmware.BlockDevice:
		size = fmt.Sprintf("%d,%d", f.Rdev>>32, uint32(f.Rdev))
	case firmware.Symlink:
		size = fmt.Sprint(len(f.Link))
	case firmware.Directory, firmware.FIFO, firmware.Socket:
		size = "-"
	}
	if !f.ModTime.IsZero() {
		modified = f.ModTime.UTC().Format("2006-01-02T15:04Z")
	}
	return fmt.Sprintf("%s %5s %5s %10s %-17s ", modeLetters(f), uid, gid, size, modified)
}

// remark is what stands behind a path: where a link leads, or what is wrong.
func remark(f *firmware.File) string {
	text := ""
	switch {
	case f.Kind == firmware.Symlink:
		text = " -> " + Path(f.Link)
	case f.HardLink != nil:
		text = " = " + Path(f.HardLink.Path)
	}
	if f.Err != nil {
		text += " (not read: " + Clean(f.Err.Error()) + ")"
	}
	return text
}

// modeLetters are type and mode of a file as "ls -l" has them, with question marks
// where the container has no modes.
func modeLetters(f *firmware.File) string {
	kind := "-dlcbps-"[min(int(f.Kind), 7)]
	if !hasModes(f) {
		return string(kind) + "?????????"
	}
	letters := []byte("rwxrwxrwx")
	for i := range letters {
		if f.Mode>>(8-i)&1 == 0 {
			letters[i] = '-'
		}
	}
	for _, special := range []struct {
		flag      fs.FileMode
		at        int
		set, bare byte
	}{{fs.ModeSetuid, 2, 's', 'S'}, {fs.ModeSetgid, 5, 's', 'S'}, {fs.ModeSticky, 8, 't', 'T'}} {
		if f.Mode&special.flag == 0 {
			continue
		}
		if letters[special.at] == 'x' {
			letters[special.at] = special.set
		} else {
			letters[special.at] = special.bare
		}
	}
	return string(kind) + string(letters)
}
