package facts

import (
	"path"
	"slices"
	"strings"
)

// typedSecrets finds passwords that a script types into a program, in a
// here-document or through a pipe: into an FTP client the login, into cryptsetup the
// key of the disk, into docker and sudo what they ask for.
func (r *commandReader) typedSecrets(i int) []PlainSecret {
	c := r.commands.At(i)
	name, args := c.Effective()
	program := path.Base(name)
	if path.Base(c.Name) == "sudo" && hasFlag(c.Args, "-S", "--stdin") {
		return r.typedLine(i, "sudo -S")
	}
	switch program {
	case "ftp", "lftp", "ncftp", "pftp", "tnftp":
		return r.ftpLogin(i, program)
	case "cryptsetup":
		if action := firstOperand(args, diskValues); readsKey(action, args) {
			return r.typedLine(i, "cryptsetup "+action)
		}
	case "docker", "podman", "skopeo", "helm":
		if hasFlag(args, "--password-stdin") {
			return r.typedLine(i, program+" login")
		}
	case "gpg", "gpg2":
		if fd := valuesAfter(args, secretFlag{"--passphrase-fd", "", anyForm}); slices.Contains(fd, "0") {
			return r.typedLine(i, program+" --passphrase-fd")
		}
	}
	return nil
}

// typedLine is the first line of what a command reads, as a password.
func (r *commandReader) typedLine(i int, name string) []PlainSecret {
	text, _, ok := r.input(i)
	line, _, _ := strings.Cut(text, "\n")
	if line = strings.TrimRight(line, "\r"); !ok || !isLiteralSecret(line) || Unresolved(line) {
		return nil
	}
	return []PlainSecret{{Name: name, OnList: isListed(line), Secret: NewSecret("password", line)}}
}

// diskActions are those of cryptsetup that take a key of a disk (cryptsetup(8)).
var diskActions = []string{"open", "luksOpen", "plainOpen", "loopaesOpen", "tcryptOpen", "create", "luksFormat", "luksAddKey", "luksResume", "bitlkOpen"}

// diskValues are flags of cryptsetup whose value is the next word.
var diskValues = []string{"-c", "-h", "-s", "-d", "-S", "-l", "-M", "-i", "-T", "-o", "-b", "--type", "--key-file", "--cipher", "--hash", "--key-size", "--key-slot", "--keyfile-size", "--keyfile-offset", "--iter-time", "--pbkdf"}

// readsKey reports whether an action takes the key from the input: the file of keys is
// none, or "-".
func readsKey(action string, args []string) bool {
	if !slices.Contains(diskActions, action) {
		return false
	}
	files := append(valuesAfter(args, secretFlag{"-d", "", anyForm}), valuesAfter(args, secretFlag{"--key-file", "", anyForm})...)
	for j, a := range args {
		if (a == "-d" || a == "--key-file") && j+1 < len(args) && args[j+1] == "-" {
			return true
		}
	}
	return !slices.ContainsFunc(files, func(f string) bool { return f != "-" })
}

// ftpLogin reads the login among the commands of an FTP client: "user NAME PASSWORD",
// of lftp "open -u NAME,PASSWORD", or "quote PASS PASSWORD" (RFC 959, 4.1.1).
func (r *commandReader) ftpLogin(i int, program string) []PlainSecret {
	text, _, ok := r.input(i)
	if !ok {
		return nil
	}
	var found []PlainSecret
	user := ""
	for line := range strings.Lines(text) {
		words := quotedWords(line)
		password := ""
		switch {
		case len(words) >= 3 && words[0] == "user":
			user, password = words[1], words[2]
		case len(words) >= 3 && words[0] == "quote" && strings.EqualFold(words[1], "USER"):
			user = words[2]
		case len(words) >= 3 && words[0] == "quote" && strings.EqualFold(words[1], "PASS"):
			password = words[2]
		case len(words) >= 3 && words[0] == "open" && words[1] == "-u":
			user, password, _ = strings.Cut(words[2], ",")
		}
		if isLiteralSecret(password) && !Unresolved(password) && !strings.Contains(password, "@") { // an address is what guests give
			found = append(found, PlainSecret{Name: program, Account: forPeople(user), OnList: isListed(password), Secret: NewSecret("password", password)})
		}
	}
	return found
}
