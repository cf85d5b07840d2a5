package runtime

type batching struct{}
