# Sourced by the storage lessons. The workshop's own prepare-environment brings an account and a cluster
# on AWS to where a chapter begins, which takes minutes. This one does the part of it that podsight
# models: the application, the chapter's bucket or file system, and the variables that it names.
prepare-environment() {
  local base=$HOME/environment/eks-workshop/base-application
  local role=arn:aws:iam::123456789012:role/eks-workshop
  export AWS_REGION=us-west-2 EKS_CLUSTER_NAME=eks-workshop
  case "$1" in
    fundamentals/storage/ebs)
      export EBS_CSI_ADDON_ROLE=$role-ebs-csi
      kubectl apply -k $base/catalog
      ;;
    fundamentals/storage/efs)
      export EFS_CSI_ADDON_ROLE=$role-efs-csi
      kubectl apply -k $base/assets
      aws efs create-file-system --tags Key=Name,Value=$EKS_CLUSTER_NAME-efs-assets > /dev/null
      ;;
    fundamentals/storage/s3)
      export S3_CSI_ADDON_ROLE=$role-s3-csi
      export BUCKET_NAME=eks-workshop-mountpoint-s320241014192132282600000002
      kubectl apply -k $base/assets
      aws s3 mb s3://$BUCKET_NAME
      ;;
    fundamentals/storage/fsxn)
      export FSXN_SECRET_ARN=arn:aws:secretsmanager:us-west-2:123456789012:secret:fsxn-password
      kubectl apply -k $base/assets
      aws fsx create-file-system --file-system-type ONTAP --storage-capacity 2048 \
        --subnet-ids subnet-0a --tags Key=Name,Value=$EKS_CLUSTER_NAME-fsxn > /dev/null
      ;;
    fundamentals/storage/fsxz)
      export FSXZ_IAM_ROLE=$role-fsxz-csi VPC_CIDR=10.42.0.0/16
      kubectl apply -k $base/assets
      export FSXZ_FS_ID=$(aws fsx create-file-system --file-system-type OPENZFS \
        --storage-capacity 128 --subnet-ids subnet-0a --tags Key=Name,Value=$EKS_CLUSTER_NAME-fsxz \
        --query FileSystem.FileSystemId --output text)
      ;;
    fundamentals/storage/fsxl)
      export BUCKET_NAME=eks-workshop-s3-data20250619213912331100000003
      kubectl apply -k $base/assets
      aws s3 mb s3://$BUCKET_NAME
      export FSX_ID=$(aws fsx create-file-system --file-system-type LUSTRE \
        --storage-capacity 1200 --subnet-ids subnet-0a --tags Key=Name,Value=$EKS_CLUSTER_NAME-fsxl \
        --query FileSystem.FileSystemId --output text)
      export FSX_DNS_NAME=$(aws fsx describe-file-systems --file-system-ids $FSX_ID \
        --query 'FileSystems[0].DNSName' --output text)
      export FSX_MOUNT_NAME=$(aws fsx describe-file-systems --file-system-ids $FSX_ID \
        --query 'FileSystems[0].LustreConfiguration.MountName' --output text)
      ;;
    *)
      echo "prepare-environment: podsight has no chapter $1" >&2
      return 1
      ;;
  esac
  kubectl wait --for=condition=available --timeout=240s deployments \
    -l app.kubernetes.io/created-by=eks-workshop -A
}
