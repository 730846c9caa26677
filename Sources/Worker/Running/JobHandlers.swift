package import Core

extension JobEnvironment {
    /// One handler for each kind of job that this version knows.
    package var handlers: [JobKind: any JobHandler] {
        [
            .rebuild: RebuildHandler(self), .rebuildPart: RebuildPartHandler(self), .verify: VerifyHandler(self),
            .add: VerifyHandler(self),
            .upload: UploadHandler(self), .uploadFile: UploadFileHandler(self), .fetch: FetchHandler(self),
            .archive: ArchiveHandler(self), .verifyBinding: VerifyBindingHandler(self),
            .removeLocal: RemoveLocalHandler(self), .fetchRows: FetchRowsHandler(self),
            .deleteObject: DeleteObjectHandler(self), .renameObject: RenameHandler(self),
            .read: ReadHandler(self),
            .presign: PresignHandler(self),
        ]
    }
}
