// Package page is the kit that pages and actions are made of: routes with their access, middleware, sessions, forms, rendering
// and errors. Handlers embed [Kit] and offer their routes to [Kit.Add].
package page
