// Package handlers turns requests into use cases and their results into pages.
//
// routes.go is the access table: every route and who may use it. Package page has the middleware and helpers. A handler reads its
// form, calls one use case, and redirects or shows the page again. It returns errors, which only page/errors.go turns into answers.
package handlers
