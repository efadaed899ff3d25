package main

// wishes are the core's, which has no signals to send on Windows.
type wishes struct{}

func listen() wishes { return wishes{} }

func (wishes) follow(_, _ func()) (stop func()) { return func() {} }
