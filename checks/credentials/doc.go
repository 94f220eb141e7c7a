// Package credentials holds the checks of the principle that every device has passwords
// and credentials of its own.
package credentials
