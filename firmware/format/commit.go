package format

import "strings"

// IsCommit reports whether a comment is the name of a commit, which "git archive"
// writes into tar and zip archives: a digest of SHA-1 or SHA-256.
func IsCommit(comment string) bool {
	return (len(comment) == 40 || len(comment) == 64) && strings.Trim(comment, "0123456789abcdef") == ""
}
