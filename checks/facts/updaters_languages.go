package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
)

// languages are those of programs that are texts and no shell scripts.
var languages = map[string]string{".py": "Python", ".lua": "Lua", ".pl": "Perl", ".php": "PHP", ".js": "JavaScript", ".mjs": "JavaScript", ".cjs": "JavaScript", ".rb": "Ruby", ".tcl": "Tcl"}

// interpreters name the languages in a #! line.
var interpreters = []struct{ word, language string }{
	{"python", "Python"}, {"micropython", "Python"}, {"lua", "Lua"}, {"perl", "Perl"}, {"php", "PHP"}, {"node", "JavaScript"}, {"ruby", "Ruby"}, {"tclsh", "Tcl"}, {"ucode", "ucode"},
}

// bringWords fetch in those languages, installWords put software in place.
var (
	bringWords = newLiterals([]string{
		"wget", "curl", "urlretrieve", "urlopen", "urllib", "requests.get", "http.request", "socket.http", "https.get", "http.get", "LWP::", "HTTP::Tiny",
		"file_get_contents", "fetch(", "axios", "Net::HTTP", "ftplib", "paramiko", "luci.http", "uclient",
		"https.request", "http.client", "aiohttp", "httpx.", "open-uri", "URI.open",
		"move_uploaded_file", "$_FILES", "php://input", "request.files", "multer", "formidable", "FieldStorage", "->upload(", // what a page takes in
		"/media/usb", "/media/sd", "/mnt/usb", "/mnt/sd", "/mnt/udisk", "/run/media/", // what somebody plugs in
	})
	installWords = newLiterals([]string{
		"/dev/mtd", "/dev/mmcblk", "/dev/ubi", "/dev/block/", "mtd write", "mtd_write", "flashcp", "flash_write", "nandwrite", "ubiupdatevol", "sysupgrade", "fw_upgrade", "opkg install", "dpkg -i",
	})
)

// otherUpdaters are programs in other languages than the shell's that fetch something
// and name what installs software. They are not followed: what they verify is not known.
func otherUpdaters(v *updateView) []Updater {
	var all []Updater
	for _, t := range v.texts.In(v.root) {
		language := programLanguage(t)
		if language == "" || inPackage(t.File.Name) || ClassOf(t.File.Path) != Product || !bringWords.In(t.Content) {
			continue
		}
		commands := calledCommands(v.texts, t, language)
		u := Updater{Name: "own", Root: v.root.Path, Places: textPlaces([]Text{t})}
		if places := runAtOnce(t, commands); len(places) > 0 {
			u.Verification = Verification{VerifiesNot, "it runs what it fetches, as it comes", places}
		} else if installs(t.Content) || putsInPlace(t, commands) {
			u.Verification = Verification{VerifiesUnknown, "it is written in " + language + ", which is not followed", nil}
		} else {
			continue
		}
		u.fetchedIn(t)
		all = append(all, u)
	}
	return all
}

// putsInPlace reports whether a program installs software, or runs what it fetched.
func putsInPlace(t Text, commands []Command) bool {
	for i := range commands {
		if putsOver(commands, i, t.File.Name) || runsFetched(commands, i) {
			return true
		}
	}
	return unpacksOver(t) || runsStored(t.Content) || strings.Contains(t.Content, "exec") && takesMedium.Get().MatchString(t.Content)
}

// runAtOnce gives the places at which a program runs what it fetches in one go.
func runAtOnce(t Text, commands []Command) (places []assay.Location) {
	for i := range commands {
		if fetches(&commands[i]) && isPiped(commands, i) {
			places = append(places, commands[i].Location)
		}
	}
	if !atOnceWords.In(t.Content) {
		return places
	}
	for line := range t.Lines() {
		if atOnceWords.In(line.Text) && !isComment(line.Text) && runsAtOnce.Get().MatchString(line.Text) {
			places = append(places, t.At(line))
		}
	}
	return places
}

// atOnceWords stand where runsAtOnce may match.
var atOnceWords = newLiterals([]string{"exec(", "eval(", "load(", "loadstring("})

// literalAddress matches an address that is a string of a program.
var literalAddress = lazy("[\"'`](https?|ftp)://([A-Za-z0-9.-]+(?::\\d+)?(?:/[^\\s\"'`?#$%{}]*)?)")

// softwareEnds are those of names of files in which software comes.
var softwareEnds = []string{".bin", ".img", ".tgz", ".gz", ".xz", ".zip", ".ipk", ".deb", ".rpm", ".swu", ".raucb", ".squashfs", ".ubi", ".trx", ".sh"}

// fetchedIn takes the addresses that a program in another language fetches from: of the
// lines that fetch, and those of files in which software comes.
func (u *Updater) fetchedIn(t Text) {
	for line := range t.Lines() {
		if isComment(line.Text) || !strings.Contains(line.Text, "://") {
			continue
		}
		for _, m := range literalAddress.Get().FindAllStringSubmatch(line.Text, 8) {
			if bringWords.In(line.Text) || slices.Contains(softwareEnds, path.Ext(m[2])) {
				u.fetch(m[1]+"://"+m[2], t.At(line))
			}
		}
	}
}

// installs asks for a word of an installation, on a line that is no comment.
func installs(text string) bool {
	if !installWords.In(text) {
		return strings.Contains(text, `"mtd"`) && strings.Contains(text, `"write"`) // the words of a list of arguments
	}
	for line := range strings.Lines(text) {
		if !isComment(line) && installWords.In(line) {
			return true
		}
	}
	return false
}

func programLanguage(t Text) string {
	line, _, _ := strings.Cut(t.Content, "\n")
	if strings.HasPrefix(line, "#!") {
		for _, i := range interpreters {
			if strings.Contains(path.Base(strings.Fields(line + " x")[0])+" "+line, i.word) {
				return i.language
			}
		}
		return ""
	}
	return languages[path.Ext(t.File.Name)]
}

// inPackage reports files of packages that others wrote.
func inPackage(name string) bool {
	for _, part := range []string{"-packages/", "node_modules/", "lib/python", "share/perl", "lib/perl", "usr/lib/lua/luci/", "usr/share/lua/", "usr/share/ucode/"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}
