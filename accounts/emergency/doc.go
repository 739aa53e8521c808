// Package emergency lets a trusted person into an account by a code, after a lead time during which the owner can stop it.
package emergency
