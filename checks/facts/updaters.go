package facts

import (
	"bytes"
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// Updater is a program or script that can change the software of the device.
// Name is a word of update.mechanism in the product language.
type Updater struct {
	Name         string           `json:"name"`
	Root         string           `json:"root"`   // path of the container
	Places       []assay.Location `json:"places"` // its program and settings
	Verification Verification     `json:"verification"`
	Addresses    []Address        `json:"addresses"`
	WeakHashes   []WeakHash       `json:"weak_hashes,omitempty"` // over which it has signatures checked
	Oldest       *OldestVersion   `json:"oldest,omitempty"`      // what it still installs, if it is told
}

// OldestVersion is a setting by which an updater refuses what is older.
type OldestVersion struct {
	Version  string         `json:"version,omitempty"` // empty if it is only known on the device
	Location assay.Location `json:"location"`
}

// Verification says whether an updater refuses what is not signed.
type Verification struct {
	State  string           `json:"state"` // yes, no, unknown
	Reason string           `json:"reason"`
	Places []assay.Location `json:"places"` // where that is seen
}

// The states of a Verification.
const (
	Verifies        = "yes"
	VerifiesNot     = "no"
	VerifiesUnknown = "unknown"
)

// Address is where an updater fetches from. It holds no user name, password or
// query.
type Address struct {
	URL      string         `json:"url"`
	Scheme   string         `json:"scheme"`
	Host     string         `json:"host"`
	Location assay.Location `json:"location"`
}

// Updaters are the ways by which the software of the device changes.
var Updaters = &Fact[[]Updater]{
	Name:    "updaters",
	Version: 10,
	Doc:     "Updaters with their settings, whether they refuse what is not signed, and the addresses they fetch from.",
	Needs:   []Node{Tree, Texts, Scripts, programMarks, handedCommands},
	Observe: func(o *Observer) ([]Updater, error) {
		img, err := Tree.Of(o)
		if err != nil {
			return nil, err
		}
		texts, err := Texts.Of(o)
		if err != nil {
			return nil, err
		}
		scripts, err := Scripts.Of(o)
		if err != nil {
			return nil, err
		}
		marks, err := programMarks.Of(o)
		if err != nil {
			return nil, err
		}
		others, err := handedCommands.Of(o)
		if err != nil {
			return nil, err
		}
		all := []Updater{}
		for _, h := range others {
			if h.by == byCompiled {
				all = append(all, compiledUpdater(h.Script)...)
			}
		}
		for _, v := range updateViews(img, texts, scripts, marks) {
			for _, look := range []func(*updateView) *Updater{
				opkgUpdater, apkUpdater, aptUpdater, rpmUpdater, raucUpdater, swupdateUpdater,
				menderUpdater, sysupgradeUpdater, fwupdUpdater, ostreeUpdater, fwupUpdater, aktualizrUpdater, androidUpdater, balenaUpdater,
			} {
				if u := look(v); u != nil {
					all = append(all, *u)
					v.imagesChecked = v.imagesChecked || u.Name == "sysupgrade" && u.Verification.State == Verifies
				}
			}
			all = append(all, ownUpdaters(v)...)
		}
		all = append(all, flatUpdaters(img, marks)...)
		for i := range all {
			all[i].tidy()
		}
		slices.SortStableFunc(all, func(a, b Updater) int { return cmp.Or(cmp.Compare(a.Root, b.Root), cmp.Compare(a.Name, b.Name)) })
		return all, nil
	},
}

func (u *Updater) tidy() {
	for _, places := range []*[]assay.Location{&u.Places, &u.Verification.Places} {
		slices.SortFunc(*places, assay.Location.Compare)
		*places = slices.CompactFunc(*places, func(a, b assay.Location) bool { return a.Compare(b) == 0 })
		if *places == nil {
			*places = []assay.Location{}
		}
	}
	slices.SortFunc(u.Addresses, func(a, b Address) int { return cmp.Or(a.Location.Compare(b.Location), cmp.Compare(a.URL, b.URL)) })
	u.Addresses = slices.Compact(u.Addresses)
	if u.Addresses == nil {
		u.Addresses = []Address{}
	}
}

// fetch adds an address, if it leads away from the device.
func (u *Updater) fetch(rawURL string, at assay.Location) {
	e, ok := parseEndpoint(rawURL)
	if !ok || e.Loopback() {
		return
	}
	u.Addresses = append(u.Addresses, Address{URL: e.URL, Scheme: e.Scheme, Host: e.Host, Location: at})
}

// updateViews gives a view of each file system, its files and scripts sorted
// out once.
func updateViews(img *firmware.Image, texts *TextSet, scripts []Script, marks []programMark) []*updateView {
	var all []*updateView
	byRoot := map[*firmware.Container]*updateView{}
	byPath := map[string]*updateView{}
	for _, c := range img.Containers {
		if c.FileSystem {
			v := &updateView{img: img, root: c, texts: texts, marks: marks, folders: map[string][]*firmware.File{}}
			all = append(all, v)
			byRoot[c], byPath[c.Path] = v, v
		}
	}
	for _, f := range img.Files {
		if v := byRoot[f.Container]; v != nil && f.Kind == firmware.Regular {
			dir := path.Dir(f.Name)
			v.folders[dir] = append(v.folders[dir], f)
		}
	}
	for i := range scripts {
		if v := byPath[scripts[i].Root()]; v != nil {
			v.scripts = append(v.scripts, &scripts[i])
		}
	}
	return all
}

// updateView is one file system as the readers of updaters see it.
type updateView struct {
	img     *firmware.Image
	root    *firmware.Container
	folders map[string][]*firmware.File // regular files by their folder
	texts   *TextSet
	scripts []*Script
	marks   []programMark

	imagesChecked bool // sysupgrade refuses what is not signed
}

// program finds a program by its base name in the usual folders.
func (v *updateView) program(names ...string) (*firmware.File, bool) {
	for _, name := range names {
		for _, dir := range []string{"bin", "sbin", "usr/bin", "usr/sbin", "usr/local/bin", "usr/local/sbin", "usr/libexec", "usr/lib/" + name, "usr/libexec/" + name, "opt/bin"} {
			if f, ok := v.root.Lookup(dir + "/" + name); ok && f.Kind == firmware.Regular {
				return f, true
			}
		}
	}
	return nil, false
}

// settings gives the texts at the paths, whose last part may be a pattern.
func (v *updateView) settings(patterns ...string) []Text {
	var found []Text
	for _, p := range patterns {
		if dir, base := path.Split(p); strings.ContainsAny(base, "*?[") {
			for _, f := range v.files(strings.TrimSuffix(dir, "/")) {
				if ok, _ := path.Match(base, path.Base(f.Name)); ok {
					if t, ok := v.texts.Of(f); ok {
						found = append(found, t)
					}
				}
			}
		} else if t, ok := v.texts.Get(v.root, p); ok {
			found = append(found, t)
		}
	}
	return found
}

// files lists the regular files directly in a folder.
func (v *updateView) files(dir string) []*firmware.File {
	return v.folders[dir]
}

// keys says what a key path holds: the files with content, and those that are
// empty. A folder stands for all files in it.
func (v *updateView) keys(name string) (full, empty []*firmware.File) {
	f, ok := v.root.Lookup(name)
	if !ok {
		return nil, nil
	}
	list := []*firmware.File{f}
	if f.Kind == firmware.Directory {
		list = v.files(f.Name)
	}
	for _, k := range list {
		if k.Kind != firmware.Regular {
			continue
		}
		if v.blank(k) {
			empty = append(empty, k)
		} else {
			full = append(full, k)
		}
	}
	return full, empty
}

// blank reports whether a file holds nothing but white space and comments.
func (v *updateView) blank(f *firmware.File) bool {
	if f.Size == 0 {
		return true
	}
	t, ok := v.texts.Of(f)
	if !ok {
		return false
	}
	for l := range t.Lines() {
		if s := strings.TrimSpace(l.Text); s != "" && !strings.HasPrefix(s, "#") {
			return false
		}
	}
	return true
}

// keyVerification judges a key file that the settings name: there and full,
// there and empty, or not in the image.
func (v *updateView) keyVerification(name string, named assay.Location) Verification {
	full, empty := v.keys(name)
	switch {
	case len(full) > 0:
		return Verification{Verifies, "the key " + name + " is there", append([]assay.Location{named}, placesOf(full)...)}
	case len(empty) > 0:
		return Verification{VerifiesNot, "the key " + name + " is empty", append(placesOf(empty), named)}
	}
	return Verification{VerifiesUnknown, "the key " + name + " is not in the image", []assay.Location{named}}
}

func placesOf(files []*firmware.File) []assay.Location {
	var places []assay.Location
	for _, f := range files {
		places = append(places, At(f))
	}
	return places
}

func textPlaces(texts []Text) []assay.Location {
	var places []assay.Location
	for _, t := range texts {
		places = append(places, At(t.File))
	}
	return places
}

// programMark says that a program holds a literal which tells how it was built.
type programMark struct {
	Mark     string
	Location assay.Location
}

// The literals that tell how an updater was built, by the base name of its file;
// "" stands for flat code.
var markLiterals = []struct{ file, literal, mark string }{
	// core/swupdate.c prints this only with CONFIG_SIGNED_IMAGES.
	{"swupdate", "built for signed images", "swupdate-signed"},
	{"swupdate", "swupdate_verify_file", "swupdate-signed"},
	// Log tags and functions of ESP-IDF's app_update and esp_https_ota.
	{"", "esp_https_ota", "esp-ota"},
	{"", "esp_ota_ops", "esp-ota"},
}

var programMarks = &Scan[programMark]{
	Name: "updater-builds",
	Doc:  "How updaters were built, by literals in their programs.",
	Want: func(f *firmware.File) bool {
		return f.Kind == firmware.Raw || f.Kind == firmware.Regular && slices.ContainsFunc(markLiterals, func(m struct{ file, literal, mark string }) bool {
			return m.file != "" && strings.HasPrefix(path.Base(f.Name), m.file)
		})
	},
	See: func(f *firmware.File, content []byte) []programMark {
		var found []programMark
		for _, m := range markLiterals {
			fits := m.file == "" && f.Kind == firmware.Raw || m.file != "" && strings.HasPrefix(path.Base(f.Name), m.file)
			if !fits {
				continue
			}
			if i := bytes.Index(content, []byte(m.literal)); i >= 0 {
				found = append(found, programMark{m.mark, AtSpan(f, i, i+len(m.literal))})
			}
		}
		return found
	},
}

// flatUpdaters are those of microcontrollers: the boot loader's image format,
// and the functions of the SDK.
func flatUpdaters(img *firmware.Image, marks []programMark) []Updater {
	var all []Updater
	for _, c := range img.Containers {
		if c.Type == "mcuboot" {
			place := assay.Location{Path: c.Path, Offset: c.Offset, Length: c.Length}
			all = append(all, Updater{Name: "mcuboot", Root: c.Path, Places: []assay.Location{place}, Verification: Verification{VerifiesUnknown, "what the boot loader demands is not in the image", nil}})
		}
	}
	for _, m := range marks {
		if m.Mark == "esp-ota" && !slices.ContainsFunc(all, func(u Updater) bool { return u.Name == "esp-ota" }) {
			all = append(all, Updater{Name: "esp-ota", Root: img.Name, Places: []assay.Location{m.Location}, Verification: Verification{VerifiesUnknown, "whether secure boot is on stands in the chip's fuses, not in the image", nil}})
		}
	}
	return all
}
