// Package deletion holds the checks of the principle that users can easily delete
// personal data.
package deletion
