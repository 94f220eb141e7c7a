package facts

import (
	"slices"
	"strings"
)

// passwordOptions are the options by which programs of any make take a password itself;
// --password-file, --password-stdin and the like take something else.
var passwordOptions = []secretFlag{
	{"--password", "", anyForm}, {"--passwd", "", anyForm}, {"--passphrase", "", anyForm}, {"--pass", "", anyForm},
}

// promptingPrograms have such an option that takes no value or other words: it has them
// ask for the password, or what follows is what a dialogue says, the number of a run, or a hash.
var promptingPrograms = []string{
	"psql", "pg_dump", "pg_dumpall", "pg_restore", "pg_basebackup", "pg_receivewal", "pg_isready", "createdb", "dropdb", "createuser", "dropuser", "vacuumdb", "reindexdb", "clusterdb",
	"mysqlimport", "mysqlcheck", "mysqlshow", "mysqlbinlog", "mysqlslap", "mysqld", "mysql_upgrade", "mariadb", "mariadb-admin", "mariadb-dump", "mariadb-check", "mariadb-import", "mariadb-show",
	"zenity", "yad", "kdialog", "dialog", "whiptail", "matedialog", "qarma", "openssl", "ffmpeg", "avconv", "x264", "x265", "vpxenc", "aomenc", "getopt",
	"echo", "printf", "logger", "grep", "egrep", "fgrep", "sed", "awk", "complete", "compgen", "test", "[", "[[", "case", "useradd", "usermod", "groupadd", "groupmod",
}

// optionSecrets finds what stands behind an option for a password of a program that has
// no rule of its own: "edge-agent --password x".
func optionSecrets(program string, args []string) []PlainSecret {
	if _, known := secretFlags[program]; known || program == "" || slices.Contains(promptingPrograms, program) || !slices.ContainsFunc(args, isPasswordOption) {
		return nil
	}
	var found []PlainSecret
	for _, f := range passwordOptions {
		for _, v := range valuesAfter(args, f) {
			if isOptionValue(v) {
				found = appendSecret(found, strings.TrimLeft(f.flag, "-"), v)
			}
		}
	}
	for i := range found {
		found[i].Name = forPeople(program) + " --" + found[i].Name
	}
	return found
}

// isPasswordOption is a cheap look at a word before the list is gone through.
func isPasswordOption(arg string) bool {
	return strings.HasPrefix(arg, "--pass")
}

// isOptionValue reports whether a word behind an option for a password can be one: not a
// path, a source of one (env:NAME), a word of manuals, or one in capitals to be filled in.
func isOptionValue(v string) bool {
	lower := strings.ToLower(v)
	for _, source := range []string{"env:", "file:", "fd:", "stdin", "prompt", "keyring:", "vault:"} {
		if strings.HasPrefix(lower, source) {
			return false
		}
	}
	capitals := strings.Trim(v, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_-") == ""
	return !Unresolved(v) && !capitals && len(v) > 3 && !strings.Contains(v, "/") && !strings.Contains(v, "%") && !isManualWord(lower)
}
