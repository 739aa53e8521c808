// Package link lets owners set a password by a link in a mail: an invitation, a reset by an operator, or after they forgot it.
package link
