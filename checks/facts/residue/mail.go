package residue

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/internal/lazyregexp"
)

// mailResidue knows mailboxes, single mails and address books.
func mailResidue(f *firmware.File, content []byte) []Trace {
	base := strings.ToLower(path.Base(f.Name))
	head := content[:min(len(content), 16<<10)]
	switch {
	case bytes.HasPrefix(content, []byte("BEGIN:VCARD")) && (bytes.Contains(content, []byte("\nTEL")) || bytes.Contains(content, []byte("\nEMAIL"))):
		return whole(AddressBook, f)
	case bytes.HasPrefix(content, []byte("From ")) && headed(head):
		return whole(Mailbox, f)
	case (strings.HasSuffix(base, ".eml") || base == "dead.letter" || facts.Within(f.Name, "cur/", "new/")) && headed(append([]byte("\n"), head...)):
		return whole(Mailbox, f)
	}
	return nil
}

// headed reports whether a text has the two headers that every mail has.
func headed(head []byte) bool {
	return bytes.Contains(head, []byte("\nFrom: ")) && bytes.Contains(head, []byte("\nDate: ")) && facts.IsText(head)
}

// maxMails bounds the addresses that are listed of one file.
const maxMails = 20

// addressResidue finds addresses in the values of settings.
func addressResidue(f *firmware.File, content []byte) []Trace {
	if len(content) > facts.MaxSettings || bytes.IndexByte(content, '@') < 0 || !facts.HoldsSettings(f.Name) || !facts.IsText(content) || !facts.IsSetting(f, content) {
		return nil
	}
	var found []Trace
	for l := range (facts.Text{File: f, Content: string(content)}).Lines() {
		kind := mailSetting(l.Text)
		if kind == "" {
			continue
		}
		if len(found) == maxMails {
			break
		}
		found = append(found, Trace{kind, assay.Location{Path: f.Path, Line: l.Number, Offset: l.Offset, Length: int64(len(l.Text))}})
	}
	return found
}

// mailKeys are names of settings whose value is somebody's address; mailParts
// make any name that holds one of them such a name.
var (
	mailParts = []string{"email", "e-mail", "mailto", "mail_to", "mail-to", "rcpt", "recipient"}
	mailKeys  = []string{"mail", "from", "to", "user", "username", "account", "login", "authuser", "auth_user", "root", "smtp_user", "smtpuser"}
	// authorWords stand in the names of settings about the software's authors.
	authorWords = []string{"author", "maintain", "bug", "report", "vendor", "support", "copyright", "translator", "packager", "emailaddress"}
)

// mailSetting says whose address a line sets, as "email = …", "option mailto
// '…'", "MAILTO=…", "root: …"; "" if it sets none.
func mailSetting(line string) Kind {
	if strings.IndexByte(line, '@') < 0 || len(line) > 1024 {
		return ""
	}
	text := strings.TrimSpace(line)
	if text == "" || strings.IndexByte("#;/*%<", text[0]) >= 0 {
		return ""
	}
	address, at := firstMail(text)
	if !at {
		return ""
	}
	before := strings.ToLower(text[:strings.Index(text, address)])
	key := strings.FieldsFunc(before, func(r rune) bool { return strings.ContainsRune(" \t=:'\"{},<", r) })
	if len(key) > 0 && (key[0] == "option" || key[0] == "list" || key[0] == "set" || key[0] == "export") {
		key = key[1:]
	}
	if len(key) == 0 || len(key) > 2 || holdsAny(before, authorWords...) {
		return ""
	}
	if !slices.Contains(mailKeys, key[0]) && !holdsAny(key[0], mailParts...) {
		return ""
	}
	if isPrivateMail(address) {
		return PersonMail
	}
	return OtherMail
}

func holdsAny(s string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
}

var mailAddress = lazyregexp.New(`[A-Za-z0-9][A-Za-z0-9._+-]{0,63}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}\b`)

// firstMail finds the first address of a text that can be a person's.
func firstMail(text string) (string, bool) {
	if strings.IndexByte(text, '@') < 0 {
		return "", false
	}
	for _, a := range mailAddress.Get().FindAllString(text, 8) {
		if isPersons(a) {
			return a, true
		}
	}
	return "", false
}

// roles are mailboxes of nobody in particular, and names that stand for any.
var roles = []string{
	"abuse", "admin", "administrator", "alarm", "alarms", "alert", "alerts", "camera", "contact", "daemon", "device", "email", "foo", "git", "help", "hostmaster", "info",
	"mail", "mailer-daemon", "me", "myname", "name", "no-reply", "nobody", "noreply", "notification", "notifications", "office", "postmaster", "receiver", "recipient",
	"root", "sales", "sender", "service", "somebody", "someone", "support", "test", "user", "username", "webmaster", "xxx", "you",
}

// isPersons reports whether an address can be a person's: not of a role, nor one
// that shows people what to put there.
func isPersons(address string) bool {
	local, domain, _ := strings.Cut(strings.ToLower(address), "@")
	last := domain[strings.LastIndexByte(domain, '.')+1:]
	switch {
	case slices.Contains(roles, strings.TrimRight(local, "0123456789")):
		return false
	case last == "invalid" || last == "test" || last == "example" || last == "local" || last == "localdomain" || last == "lan" || last == "service" || last == "socket" || last == "target" || last == "timer" || last == "mount":
		return false
	case strings.HasPrefix(domain, "example.") || strings.HasPrefix(domain, "domain.") || strings.HasPrefix(domain, "server.") || strings.HasPrefix(domain, "mail.com") || strings.HasPrefix(domain, "company."):
		return false
	}
	return !facts.HoldsPlaceholder(local + "@" + domain)
}

// privateMail are providers whose mailboxes belong to persons.
var privateMail = []string{
	"126.com", "139.com", "163.com", "aliyun.com", "aol.com", "btinternet.com", "comcast.net", "fastmail.com", "foxmail.com", "free.fr", "gmail.com", "gmx.at",
	"gmx.ch", "gmx.de", "gmx.net", "googlemail.com", "hotmail.co.uk", "hotmail.com", "hotmail.fr", "icloud.com", "laposte.net", "libero.it", "live.com", "mac.com",
	"mail.ru", "me.com", "msn.com", "naver.com", "orange.fr", "outlook.com", "posteo.de", "proton.me", "protonmail.com", "qq.com", "rediffmail.com", "seznam.cz",
	"sina.com", "sohu.com", "t-online.de", "tutanota.com", "wanadoo.fr", "web.de", "wp.pl", "yahoo.co.jp", "yahoo.co.uk", "yahoo.com", "yahoo.de", "yahoo.fr",
	"yandex.ru", "yeah.net", "ymail.com", "zoho.com",
}

func isPrivateMail(address string) bool {
	_, domain, _ := strings.Cut(strings.ToLower(address), "@")
	return slices.Contains(privateMail, domain)
}
