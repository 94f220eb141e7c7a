package signing

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/ostree"
)

// OSTreeRepository is an OSTree repository in the image.
type OSTreeRepository struct {
	Container string // the path of what it lies in
	Path      string // inside that; empty for the repository itself
	Outermost bool   // it is what was delivered
	Commits   []OSTreeCommit
	Summary   *OSTreeSummary // nil if there is none
	Location  assay.Location
}

// OSTreeSummary is the list of what a repository has, which may be signed.
type OSTreeSummary struct {
	Signatures []firmware.Signature // over it; parsed, not verified
	Location   assay.Location
	Signed     assay.Location // the file with the signatures, if there is one
}

// OSTreeCommit is a commit in a repository, with as much of its tree as is there.
type OSTreeCommit struct {
	Checksum   string
	Ref        string // that names it; empty if none does
	Version    string
	Signatures []firmware.Signature // over the commit; parsed, not verified
	Problem    string               // why it cannot be read
	Objects    int                  // of its tree whose checksums hold
	Bytes      int64                // of those
	Missing    int                  // that are not in the image
	Unread     int                  // whose checksums could not be computed as the repository does
	UnreadSize int64                // bytes of those
	Broken     []assay.Location     // whose checksums differ
	Location   assay.Location
	Signed     assay.Location // its detached metadata
}

// OSTree lists the OSTree repositories of the image.
var OSTree = &facts.Fact[[]OSTreeRepository]{
	Name:  "ostree",
	Doc:   "OSTree repositories: their commits with signatures, and whether the folders and files of each are what their checksums say.",
	Needs: []facts.Node{facts.Tree, ostreeObjects},
	Observe: func(o *facts.Observer) ([]OSTreeRepository, error) {
		img, err := facts.Tree.Of(o)
		if err != nil {
			return nil, err
		}
		seen, err := ostreeObjects.Of(o)
		if err != nil {
			return nil, err
		}
		found := []OSTreeRepository{}
		for _, r := range repositories(img, seen) {
			found = append(found, r.read())
		}
		return found, nil
	},
}

// ostreeReader reads one repository.
type ostreeReader struct {
	c       *firmware.Container
	path    string
	objects map[string]*firmware.File // by checksum and ending
	refs    map[string]string         // by checksum
	seen    map[string]*ostreeObject  // by path
}

// repositories finds the folders that hold commits.
func repositories(img *firmware.Image, seen []ostreeObject) (all []*ostreeReader) {
	byPath := map[string]*ostreeObject{}
	for i := range seen {
		byPath[seen[i].Path] = &seen[i]
	}
	type place struct {
		c    *firmware.Container
		path string
	}
	found := map[place]*ostreeReader{}
	var refs []*firmware.File
	for _, f := range img.Files {
		if strings.Contains(f.Name, refsFolder) && f.Kind == firmware.Regular && f.Size <= maxRef {
			refs = append(refs, f)
		}
		if !strings.Contains(f.Name, objectsFolder) {
			continue
		}
		m := objectName.Get().FindStringSubmatch(f.Name)
		if m == nil {
			continue
		}
		at := place{f.Container, strings.TrimSuffix(strings.TrimSuffix(f.Name, m[0]), "/")}
		r := found[at]
		if r == nil {
			r = &ostreeReader{c: at.c, path: at.path, objects: map[string]*firmware.File{}, refs: map[string]string{}, seen: byPath}
			found[at], all = r, append(all, r)
		}
		r.objects[m[1]+m[2]+"."+m[3]] = f
	}
	all = slices.DeleteFunc(all, func(r *ostreeReader) bool { return len(r.commits()) == 0 })
	all = all[:min(len(all), maxRepositories)]
	for _, r := range all {
		r.readRefs(refs)
	}
	return all
}

const (
	maxRepositories = 16
	maxRef          = 256 // bytes of a file that names a commit
	refsFolder      = "refs/"
)

func (r *ostreeReader) inside(name string) string {
	if r.path == "" {
		return name
	}
	return r.path + "/" + name
}

// commits lists the checksums of the commits, sorted.
func (r *ostreeReader) commits() (sums []string) {
	for name := range r.objects {
		if sum, ok := strings.CutSuffix(name, ".commit"); ok {
			sums = append(sums, sum)
		}
	}
	slices.Sort(sums)
	return sums
}

// readRefs reads the files that name commits.
func (r *ostreeReader) readRefs(refs []*firmware.File) {
	prefix := r.inside(refsFolder)
	for _, f := range refs {
		if f.Container != r.c || !strings.HasPrefix(f.Name, prefix) {
			continue
		}
		content, err := f.ReadFile()
		if err != nil {
			continue
		}
		sum, name := strings.TrimSpace(string(content)), strings.TrimPrefix(f.Name, prefix)
		_, name, _ = strings.Cut(name, "/")
		if old := r.refs[sum]; old == "" || name < old {
			r.refs[sum] = name
		}
	}
}

func (r *ostreeReader) read() OSTreeRepository {
	repo := OSTreeRepository{
		Container: r.c.Path, Path: r.path, Outermost: outermost(r.c) && !facts.IsRoot(r.c), Commits: []OSTreeCommit{},
		Location: assay.Location{Path: strings.TrimSuffix(r.c.Path+"!"+r.path, "!")},
	}
	for _, sum := range r.commits() {
		repo.Commits = append(repo.Commits, r.commit(sum))
	}
	repo.Summary = r.summary()
	return repo
}

// summary reads the list of what the repository has, and who signed that.
func (r *ostreeReader) summary() *OSTreeSummary {
	content, f := r.file("summary")
	if f == nil {
		return nil
	}
	s := &OSTreeSummary{Location: facts.At(f)}
	s.Location.Length = f.Size
	signed, by := r.file("summary.sig")
	if by == nil {
		return s
	}
	s.Signed = facts.At(by)
	found, err := ostree.Signatures(context.Background(), signed, content)
	if err != nil {
		found = append(found, firmware.Signature{Kind: "ostree", Problem: err.Error(), Covers: []firmware.Span{{Length: f.Size}}})
	}
	s.Signatures = found
	return s
}

// file reads a small file of the repository.
func (r *ostreeReader) file(name string) ([]byte, *firmware.File) {
	f, ok := r.c.Lookup(r.inside(name))
	if !ok || f.Kind != firmware.Regular || f.Size > maxObject {
		return nil, nil
	}
	content, err := f.ReadFile()
	if err != nil {
		return nil, nil
	}
	return content, f
}

// commit reads a commit, its signatures and its tree.
func (r *ostreeReader) commit(sum string) OSTreeCommit {
	file := r.objects[sum+".commit"]
	c := OSTreeCommit{Checksum: sum, Ref: r.refs[sum], Location: facts.At(file)}
	o := r.seen[file.Path]
	if o == nil {
		c.Problem = "it could not be read"
		return c
	}
	if !o.has(sum) {
		c.Problem, c.Broken = "it is not what its checksum says", []assay.Location{facts.At(file)}
	}
	parsed, err := ostree.ParseCommit(o.Content)
	if err != nil {
		c.Problem = err.Error()
	}
	if meta := r.objects[sum+".commitmeta"]; meta != nil {
		c.Signed = facts.At(meta)
		if m := r.seen[meta.Path]; m != nil {
			if c.Signatures, err = ostree.Signatures(context.Background(), m.Content, o.Content); err != nil && c.Problem == "" {
				c.Problem = err.Error()
			}
		}
	}
	if c.Problem == "" {
		c.Version = parsed.Version
		w := &ostreeWalk{ostreeReader: r, commit: &c, done: map[string]bool{}}
		w.object(parsed.Meta, ".dirmeta")
		w.folder(parsed.Tree, 0)
	}
	return c
}

func (o *ostreeObject) has(sum string) bool {
	return slices.ContainsFunc(o.Sums, func(s ostree.Checksum) bool { return s.String() == sum })
}

// ostreeWalk goes through the tree of a commit, each object once.
type ostreeWalk struct {
	*ostreeReader
	commit *OSTreeCommit
	done   map[string]bool
}

const maxTreeFolders = 128 // inside one another

// folder looks at a folder and at what is in it.
func (w *ostreeWalk) folder(sum ostree.Checksum, depth int) {
	o := w.object(sum, ".dirtree")
	if o == nil || depth > maxTreeFolders {
		return
	}
	files, folders, err := ostree.ParseTree(o.Content)
	if err != nil {
		return // its checksum holds all the same
	}
	for _, f := range files {
		w.object(f.Sum, ".file")
	}
	for _, f := range folders {
		w.object(f.Meta, ".dirmeta")
		w.folder(f.Sum, depth+1)
	}
}

// object compares an object with its checksum. It gives what was seen of one that
// is met for the first time and holds.
func (w *ostreeWalk) object(sum ostree.Checksum, ending string) *ostreeObject {
	name := sum.String() + ending
	if w.done[name] {
		return nil
	}
	w.done[name] = true
	f := w.objects[name]
	if f == nil && ending == ".file" {
		f = w.objects[name+"z"]
	}
	if f == nil {
		w.commit.Missing++
		return nil
	}
	var o *ostreeObject
	switch {
	case f.Kind == firmware.Symlink:
		o = &ostreeObject{Sums: linkSums(f)}
	case f.HardLink != nil:
		o = w.seen[f.HardLink.Path]
	default:
		o = w.seen[f.Path]
	}
	switch {
	case o == nil:
		w.unread(f)
	case o.has(sum.String()):
		w.commit.Objects++
		w.commit.Bytes += f.Size
		return o
	case strings.HasSuffix(f.Name, ".file"):
		w.unread(f) // owners and attributes may have been lost on the way into the image
	default:
		w.commit.Broken = append(w.commit.Broken, facts.At(f))
	}
	return nil
}

func (w *ostreeWalk) unread(f *firmware.File) {
	w.commit.Unread++
	w.commit.UnreadSize += f.Size
}

// linkSums are the checksums of a symbolic link in a bare repository.
func linkSums(f *firmware.File) []ostree.Checksum {
	h := headerOf(f, modeSymlink)
	h.Mode = modeSymlink | 0o777
	return []ostree.Checksum{h.Sum(nil), ostree.Header{Mode: h.Mode, Link: h.Link}.Sum(nil)}
}

// unixBits are the permission bits of a file as st_mode has them.
func unixBits(f *firmware.File) uint32 {
	bits := uint32(f.Mode.Perm())
	for bit, mode := range map[uint32]fs.FileMode{0o4000: fs.ModeSetuid, 0o2000: fs.ModeSetgid, 0o1000: fs.ModeSticky} {
		if f.Mode&mode != 0 {
			bits |= bit
		}
	}
	return bits
}

// signed is how many signatures the commits have that a name leads to; none if one
// of these has none.
func (r OSTreeRepository) signed() (n int) {
	for _, c := range r.Commits {
		switch {
		case c.Ref != "" && len(c.Signatures) == 0:
			return 0
		case c.Ref != "" || len(r.Commits) == 1:
			n += len(c.Signatures)
		}
	}
	return n
}

// ostreeSignatures are the signatures of the commits, as those of containers.
func ostreeSignatures(repos []OSTreeRepository) (all []Signature) {
	for _, r := range repos {
		for _, c := range r.Commits {
			for _, s := range c.Signatures {
				all = append(all, r.signature(c, s))
			}
		}
		if r.Summary == nil {
			continue
		}
		for _, s := range r.Summary.Signatures {
			s.Name = "of the summary"
			s.Covers[0].Path = r.inside(r.Summary.Location)
			all = append(all, Signature{Signature: s, Container: r.Container, Type: "ostree", Outermost: r.Outermost, Location: r.Summary.Signed})
		}
	}
	return all
}

// inside is the path of a file of the repository in what that lies in.
func (r OSTreeRepository) inside(l assay.Location) string {
	return strings.TrimPrefix(l.Path, r.Container+"!")
}

func (r OSTreeRepository) signature(c OSTreeCommit, s firmware.Signature) Signature {
	s.Name = c.Ref
	if s.Name == "" {
		s.Name = "of the commit " + c.Checksum[:12]
	}
	if c.Problem != "" {
		s.Problem = c.Problem
	}
	s.Covers[0].Path = r.inside(c.Location)
	if c.Missing > 0 {
		s.Doubt = fmt.Sprintf("%d of the objects of the commit %s are not here", c.Missing, c.Checksum[:12])
	}
	if r.Summary != nil && len(r.Summary.Signatures) == 0 {
		s.Leaves = append(s.Leaves, firmware.Span{Path: r.inside(r.Summary.Location), Length: r.Summary.Location.Length})
	}
	if c.Bytes > 0 {
		s.Through = []firmware.Span{{Path: strings.TrimPrefix(r.Path+"/objects", "/"), Length: c.Bytes}}
	}
	if c.UnreadSize > 0 {
		s.Leaves = append(s.Leaves, firmware.Span{Path: strings.TrimPrefix(r.Path+"/objects", "/"), Length: c.UnreadSize})
	}
	for _, l := range c.Broken[:min(len(c.Broken), maxBroken)] {
		s.Leaves = append(s.Leaves, firmware.Span{Path: r.inside(l), Length: l.Length})
	}
	return Signature{Signature: s, Container: r.Container, Type: "ostree", Outermost: r.Outermost, Location: c.Signed}
}

// maxBroken is how many objects are named that are not what they should be.
const maxBroken = 16

// ostreeHashes are the objects that are not what their checksums say, and one entry
// for those of a commit that are.
func ostreeHashes(repos []OSTreeRepository) (all []HashEntry) {
	for _, r := range repos {
		for _, c := range r.Commits {
			entry := func(name string, at assay.Location, ok bool) {
				h := firmware.Hash{Name: name, Algorithm: "sha256", OK: ok, Span: firmware.Span{Path: at.Path}}
				all = append(all, HashEntry{Hash: h, Container: r.Container, Outermost: r.Outermost, Kept: !r.Outermost, Location: at})
			}
			if c.Objects > 0 {
				entry("the objects of "+c.Checksum[:12], c.Location, true)
			}
			for _, l := range c.Broken[:min(len(c.Broken), maxBroken)] {
				entry(l.Path[strings.LastIndexByte(l.Path, '/')+1:], l, false)
			}
		}
	}
	return all
}
