package facts

import (
	"path"
	"slices"
	"strings"
)

// textKind says how the lines of a text are to be read.
type textKind uint8

const (
	settingText textKind = iota
	codeText             // a program: only quoted values count
	proseText            // a page, a translation, a manual: nothing counts
)

var (
	proseSuffixes = []string{
		".html", ".htm", ".xhtml", ".css", ".scss", ".svg", ".md", ".rst", ".po", ".pot", ".map", ".vue", ".asp", ".aspx", ".jsp", ".tmpl", ".ejs", ".xsl",
		".xsd", ".dtd", ".man", ".tex", ".log", ".diff", ".patch", ".lang", ".list", ".md5sums", ".templates", ".symbols", ".shlibs", ".triggers", ".zsh", ".fish", ".pod",
	}
	codeSuffixes = []string{
		".py", ".pyi", ".pyx", ".pl", ".pm", ".rb", ".lua", ".php", ".ctp", ".phtml", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".coffee", ".c", ".h", ".cc", ".cpp", ".hpp", ".go", ".rs", ".java", ".kt",
		".scala", ".groovy", ".cs", ".swift", ".vala", ".erl", ".hrl", ".ex", ".exs", ".tcl", ".uc", ".ut", ".exp",
	}
	proseFolders = []string{"locale", "locales", "lang", "langs", "language", "languages", "i18n", "l10n", "localization", "localisation", "translations", "bash-completion", "pam.d", "licenses", "vim", "terminfo", "lintian"}
	proseNames   = []string{"nsswitch.conf", "login.defs", "sudoers", "services", "debconf.conf", "deluser.conf", "adduser.conf"}
	// languageFile is a translation that is named by its language (ISO 639): not app.json.
	languageFile = lazy(`^(?:[a-z]{2,3}[-_][A-Za-z]{2,4}|a[rz]|b[gnr]|c[asny]|d[ae]|e[lnstuo]|f[airo]|g[abl]|h[eiruy]|i[dst]|j[ap]|k[akor]|l[tv]|m[knst]|n[blno]|p[lst]|r[ou]|s[klqrvw]|t[hrw]|u[kz]|vi|zh|chi|deu|eng|fra|fre|ger|ita|jpn|kor|nld|pol|por|rus|spa|swe|tur|zho)\.[a-z]+$`)
	// namedTranslation is one by its word: translations.json, strings_de.xml, messages.de.json.
	// "lang" and "labels" count only before a language; lang.ini may be anything.
	namedTranslation = lazy(`^(?:(?:translations?|(?:local)?strings|messages|i18n|l10n)(?:[-_.](?:a[rz]|b[gnr]|c[asny]|d[ae]|e[lnstuo]|f[airo]|g[abl]|h[eiruy]|i[dst]|j[ap]|k[akor]|l[tv]|m[knst]|n[blno]|p[lst]|r[ou]|s[klqrvw]|t[hrw]|u[kz]|vi|zh|chi|deu|eng|fra|fre|ger|ita|jpn|kor|nld|pol|por|rus|spa|swe|tur|zho)(?:[-_][a-z]{2,4})?)?|(?:langs?|languages?|locales?|labels|texts|ui)[-_.](?:a[rz]|b[gnr]|c[asny]|d[ae]|e[lnstuo]|f[airo]|g[abl]|h[eiruy]|i[dst]|j[ap]|k[akor]|l[tv]|m[knst]|n[blno]|p[lst]|r[ou]|s[klqrvw]|t[hrw]|u[kz]|vi|zh|chi|deu|eng|fra|fre|ger|ita|jpn|kor|nld|pol|por|rus|spa|swe|tur|zho)(?:[-_][a-z]{2,4})?)\.[a-z]+$`)
	// pythonItself holds Python's own library, whose comments have examples.
	pythonItself = lazy(`(?:^|/)lib/python[0-9.]+/(?:[a-z_]+/)*[a-z_]+\.py$`)
)

// translationSuffixes are those of files of words; a name that is a language alone
// counts with the first five.
var translationSuffixes = []string{".json", ".xml", ".properties", ".ini", ".txt", ".yaml", ".yml", ".toml", ".js", ".ts", ".strings", ".arb", ".resx"}

// isTranslation reports whether a file's name says that it holds words for people.
func isTranslation(base string) bool {
	suffix := path.Ext(base)
	return isCatalogue(base) || slices.Contains(translationSuffixes[:5], suffix) && mayBeLanguage(strings.TrimSuffix(base, suffix)) && languageFile.Get().MatchString(base) ||
		slices.Contains(translationSuffixes, suffix) && slices.ContainsFunc(translationWords, func(w string) bool { return strings.HasPrefix(base, w) }) && namedTranslation.Get().MatchString(base)
}

// mayBeLanguage reports whether a name without its ending is as short as that of a language.
func mayBeLanguage(stem string) bool {
	return len(stem) <= len("deu") || len(stem) <= len("deu-Latn") && strings.ContainsAny(stem, "-_")
}

// translationWords are those with one of which namedTranslation begins.
var translationWords = []string{"translation", "strings", "localstrings", "messages", "i18n", "l10n", "lang", "locale", "labels", "texts", "ui"}

func textKindOf(t Text) textKind {
	name := strings.ToLower(t.File.Name)
	base := path.Base(name)
	suffix := path.Ext(base)
	if inner := path.Ext(strings.TrimSuffix(base, suffix)); slices.Contains(templateSuffixes, suffix) && slices.Contains(codeSuffixes, inner) {
		suffix = inner // database.php.default is a program
	}
	folders := strings.Split(path.Dir(name), "/")
	switch {
	case isModuleOfMIB(t.Content):
		return proseText
	case isPackageRecord(t.File.Name), suffix == ".json" && describesInterface([]byte(t.Content[:min(len(t.Content), maxHead)])):
		return proseText
	case slices.Contains(proseSuffixes, suffix), slices.Contains(proseNames, base), isTranslation(base):
		return proseText
	case slices.ContainsFunc(folders, func(f string) bool { return slices.Contains(proseFolders, f) }), inDocumentation(append(folders, base), "man"):
		return proseText
	case suffix == ".py" && pythonItself.Get().MatchString(name) && !strings.Contains(name, "-packages/"):
		return proseText
	case slices.Contains(codeSuffixes, suffix) || strings.HasPrefix(t.Content, "#!") || strings.HasPrefix(t.Content, "<?php"):
		return codeText
	case strings.HasPrefix(strings.TrimSpace(t.Content[:min(len(t.Content), 64)]), "<!") || strings.HasPrefix(base, "readme") || strings.HasPrefix(base, "changelog"):
		return proseText
	}
	return settingText
}
