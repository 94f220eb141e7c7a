package credentials

import (
	"fmt"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

// who names an account in a message.
func who(a facts.Account) string {
	switch a.Kind {
	case facts.MosquittoAccount:
		return "MQTT account " + a.Name
	case facts.WebAccount:
		return "web account " + a.Name
	case facts.SambaAccount:
		return "Samba account " + a.Name
	case facts.AppAccount:
		return "application account " + a.Name
	case facts.FTPAccount:
		return "FTP account " + a.Name
	}
	return "account " + a.Name
}

// graded lowers a severity to Low where the line does not let anybody in: it
// stands in a superseded backup, in an example, or the account has no shell.
func graded(severity assay.Severity, a facts.Account) assay.Severity {
	if a.Superseded || !a.Login {
		return min(severity, assay.Low)
	}
	return checks.Graded(severity, a.Location)
}

// judge is None over the account files. An image without any is not decided:
// its accounts may be somewhere else, or nowhere.
func judge(c *checks.Context, found []assay.Finding, files []assay.Location) checks.Judgement {
	if len(files) == 0 && len(found) == 0 {
		return c.Inconclusive("no passwd, shadow or password file was found%s", gap(c))
	}
	return c.None(checks.Merged(found), files...)
}

// orUnclear makes inconclusive what would pass although the start sets passwords
// in a way that is not understood.
func orUnclear(c *checks.Context, j checks.Judgement) checks.Judgement {
	if j.Verdict == assay.Fail {
		return j
	}
	var notes []assay.Finding
	why := ""
	for _, w := range checks.Ask(c, facts.PasswordWrites) {
		if w.Understood() {
			continue
		}
		what := w.By + " sets a password"
		switch {
		case w.File != "":
			what = w.By + " changes " + w.File
		case w.Account != "":
			what = w.By + " sets the password of account " + w.Account
		}
		how, when := "in a way that is not understood", "when the device starts"
		if w.Elsewhere {
			how, when = "whenever it is run", "in a file that the start does not reach"
		}
		if why == "" {
			why = fmt.Sprintf("%s:%d: %s %s", assay.Inside(w.Location.Path), w.Location.Line, what, how)
		}
		notes = append(notes, checks.Observed(assay.Info, what+" "+when, w.Location))
	}
	if why == "" {
		return j
	}
	return c.Inconclusive("%s", why).With(j.Findings...).With(checks.Merged(notes)...)
}

func gap(c *checks.Context) string {
	if g := c.Gap(); g != "" {
		return ", and " + g
	}
	return ""
}
